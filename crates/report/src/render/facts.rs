//! `FACTS.md`: what is known of the libraries besides speed, each cell with
//! where it comes from.

mod cells;

use record::{ContenderRow, FactsFile, Property, Provenance};

use self::cells::Notes;
use super::page::Page;
use crate::text::{Align, Table, escaped};

/// Cells of derived facts, of one row.
type Derive = fn(&ContenderRow, &mut Notes) -> String;

/// The rows of the classic comparison of Go's libraries.
const CLASSIC: [Property; 9] = [
    Property::PassesAutobahn,
    Property::ReceivesFragmentedMessages,
    Property::SendsClose,
    Property::SendsPingsReceivesPongs,
    Property::MessageTypeVisible,
    Property::PermessageDeflate,
    Property::StreamingRead,
    Property::StreamingWrite,
    Property::SizeLimit,
];

const PROTOCOL: [Property; 6] = [
    Property::MessageLimitDefault,
    Property::FrameLimitDefault,
    Property::WriteBufferLimitDefault,
    Property::AutomaticPong,
    Property::AutomaticClose,
    Property::Utf8Validation,
];

const INTEGRATION: [Property; 7] = [
    Property::Runtimes,
    Property::TlsBackends,
    Property::Split,
    Property::CancelSafeReads,
    Property::HttpIntegration,
    Property::Wasm,
    Property::Http2,
];

/// The page.
pub fn render_facts(file: &FactsFile) -> String {
    facts_page(file).into_text()
}

/// The same, for whoever shows it in another form.
pub(crate) fn facts_page(file: &FactsFile) -> Page {
    let mut page = Page::new("Facts about the libraries");
    page.paragraph(&format!(
        "One row per contender: a library as this project builds it. Made by `bench-harness \
         facts` on {}; `facts.json` has the same as data. Versions are those of \
         Cargo.lock and go.mod.",
        origin(&file.made)
    ));
    page.paragraph(
        "Every cell says where it comes from:\n\n\
         | mark | meaning |\n\
         | ---- | ------- |\n\
         | ✓ | a probe ran and saw it; the note says what was done. It counts more than any page |\n\
         | a link | the page of the documentation or of the source that says so, for this version |\n\
         | ° | a no without a page: nothing in documentation and source says that it can |\n\
         | ᵐ | derived by this tool; *How it was found* says how |\n\
         | ? | not known, which isn't a no; a note says why where there is a reason |",
    );
    page.heading(2, "Versions and upkeep");
    let releases: [(&str, Derive); 4] = [
        ("released", cells::released),
        ("licence", cells::license),
        ("oldest Rust, or Go", cells::rust_version),
        ("open RUSTSEC advisories", cells::advisories),
    ];
    derived(&mut page, file, &releases);
    page.heading(2, "What it brings along");
    let weight: [(&str, Derive); 4] = [
        ("dependencies, direct / all", cells::dependencies),
        ("unsafe places in its own code", cells::unsafe_code),
        ("stripped program above the baseline's", cells::size),
        ("clean build, × the reference's", cells::build_time),
    ];
    derived(&mut page, file, &weight);
    page.heading(2, "The classic rows");
    page.paragraph(
        "What the well-known comparison of Go's libraries asks, of Rust's and of Go's own of \
         today: that table has these as rows, and one column per library.",
    );
    properties(&mut page, file, &CLASSIC);
    page.heading(2, "Limits and the protocol");
    properties(&mut page, file, &PROTOCOL);
    page.heading(2, "What it works with");
    properties(&mut page, file, &INTEGRATION);
    page.heading(2, "How it was found");
    page.paragraph(&methods(file));
    page
}

fn origin(made: &Provenance) -> String {
    let mut text = made.day.clone();
    if let Some(commit) = &made.commit {
        let short: String = commit.chars().take(12).collect();
        text.push_str(&format!(", commit {short}"));
        if made.dirty {
            text.push_str(" with changes");
        }
    }
    for detail in [&made.machine, &made.rustc].into_iter().flatten() {
        text.push_str(&format!(", {}", escaped(detail)));
    }
    text
}

/// The contender's name, with its language unless that is Rust.
fn label(row: &ContenderRow) -> String {
    let name = escaped(&row.contender);
    if row.language.is_rust() {
        name
    } else {
        format!("{name} ({})", row.language)
    }
}

fn derived(page: &mut Page, file: &FactsFile, columns: &[(&str, Derive)]) {
    let mut table = Table::new();
    table.column("contender", Align::Left);
    table.column("library", Align::Left);
    for (title, _) in columns {
        table.column(*title, Align::Left);
    }
    let mut notes = Notes::default();
    for row in &file.contenders {
        let library = format!("{} {}", escaped(&row.library), escaped(&row.version));
        let library = if row.repository.starts_with("https://") {
            format!("[{library}]({})", row.repository)
        } else {
            library
        };
        let mut cells = vec![label(row), library];
        cells.extend(columns.iter().map(|(_, cell)| cell(row, &mut notes)));
        table.row(cells);
    }
    page.table(&table);
    page.paragraph(&notes.into_text());
}

fn properties(page: &mut Page, file: &FactsFile, columns: &[Property]) {
    let mut table = Table::new();
    table.column("contender", Align::Left);
    for property in columns {
        table.column(property.to_string(), Align::Left);
    }
    let mut notes = Notes::default();
    for row in &file.contenders {
        let mut cells = vec![label(row)];
        for property in columns {
            let evidence = row.properties.get(property);
            cells.push(cells::property(*property, evidence, &mut notes));
        }
        table.row(cells);
    }
    page.table(&table);
    page.paragraph(&notes.into_text());
}

fn methods(file: &FactsFile) -> String {
    let taken = |made: &Option<Provenance>| {
        made.as_ref().map_or_else(
            || "Not taken yet.".to_owned(),
            |made| format!("Taken on {}.", origin(made)),
        )
    };
    format!(
        "- **Released**: `pubtime` of the version in the registry's index, of which cargo keeps a \
         copy; the files of a package carry no true date. Of a module of Go: its \
         time, as `go list -m` has it from the module proxy.\n\
         - **Licence, oldest Rust or Go**: the manifest of the version. Of a module of Go: the \
         licence by the text of its file, the version from its go.mod.\n\
         - **Dependencies**: `cargo tree --edges normal` for {}: what the library links with the \
         features that this contender gets, procedural macros included, build and test \
         dependencies not. The contender's other dependencies may switch on features of shared \
         packages. Of a library in Go: modules of the packages that `go list -deps` shows; the \
         standard library is none.\n\
         - **Unsafe places**: `unsafe` blocks, functions, impls and traits in the syntax trees of \
         all the library's own source files, whatever features are on, tests left out; inside \
         macros, which have no syntax tree, the word is counted. It says where a reviewer has to \
         look, not how safe a library is: one that leaves its unsafe code to a dependency has \
         none.\n\
         - **Stripped program**: size of the release program after `strip`, less that of `{}`, \
         which is the same kit and profile on tokio, without a library; another runtime's code is \
         in the difference. {}\n\
         - **Clean build**: wall-clock time of `cargo build --release` of the contender into an \
         empty folder, dependencies and the project's kit included, downloads not; the median over \
         rounds of its ratio to `{}` in the same round. {}\n\
         - **Advisories**: `cargo audit` over Cargo.lock, for the library and what it links; \
         warnings (unmaintained, unsound) included.\n\
         - **All else**: `[package.metadata.contender.claims]` in the contender's Cargo.toml, held \
         against the pinned source when it was written, and probes where they have run: the \
         admission test, the conformance cases, `probes.json`. They judge a server, so they \
         confirm a claimed yes or contradict it; what a server does by hand makes no yes of its \
         library's no. Claims about a library in Go stand in claims.toml beside its \
         server. \"Passes Autobahn\" is never claimed, only measured.",
        file.target,
        file.size_baseline,
        taken(&file.sizes_made),
        file.reference,
        taken(&file.build_times_made),
    )
}
