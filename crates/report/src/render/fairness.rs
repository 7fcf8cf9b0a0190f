//! `docs/FAIRNESS.md`: every option in force, why, and how to change it.

use record::{ContenderFacts, Protocol, Variant, VariantFacts};

use super::page::Page;
use crate::text::{Align, Table, code, escaped, with_code};

/// A contender as its manifest describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FairnessEntry {
    /// Its name.
    pub name: String,
    /// The library's version, from Cargo.lock.
    pub version: String,
    /// What it declares.
    pub facts: ContenderFacts,
}

const RULES: &str = "\
1. **One kit.** Every contender of this workspace is a short `main.rs` on `crates/contender-kit`, which makes the listener, the threads and the allocator. They differ in the library only.
2. **The same limits.** A message of 64 MiB is accepted, in one frame or in many, and a larger one refused, where the library has such a limit; the option below says how, and a gap says where it can't.
3. **UTF-8 is checked** in every text message: by the library where it can, else by the server; the option says which.
4. **TCP_NODELAY is on**, set on the listener, inherited and read back from an accepted socket; the backlog is the same.
5. **The same threads**, from `--threads`, pinned to the same processors.
6. **The same allocator**, the system's, with a counter that is off except in trials that count allocations.
7. **The same build**: one release profile (fat LTO, one codegen unit), one toolchain, no `target-cpu`, each contender built by a cargo call of its own so that no feature leaks into another.
8. **The flush rule**: `default` does what the loop in the library's own documentation does, which is nearly always one flush per message. `tuned` may flush only when no further message is ready, where the library's interface allows it. Each variant says which.
9. **`tuned` has only documented switches**, each with its reason. A library without such switches has no `tuned` variant, rather than one of our invention.
10. **Compression is off** in every variant that is measured. Where a library has permessage-deflate, `compressed` is `default` with it, for the cases of RFC 7692 and hostile input alone.
11. **One message out for one message in**, whole, with its opcode; ping and close are answered; nothing is logged and nothing else is done.";

/// The page.
pub fn render_fairness(entries: &[FairnessEntry]) -> String {
    let mut page = Page::new("How each library is run, and why");
    page.paragraph(
        "Every option in force for every contender, with its reason and the page of the \
         documentation that the code follows. This page is made from \
         `[package.metadata.contender]` in each Cargo.toml by `bench-harness fairness`; CI refuses \
         it when it is stale, and `bench-harness check` refuses a server that says on its ready \
         line that other options are in force than those listed here. [BIAS.md](BIAS.md) says \
         whom each of these choices could favour.",
    );
    page.heading(2, "Rules for all");
    page.paragraph(RULES);
    page.heading(2, "How to make my library faster here");
    page.paragraph(INVITATION);
    let of = |baseline: bool| {
        let mut found: Vec<&FairnessEntry> = entries
            .iter()
            .filter(|entry| entry.facts.baseline == baseline)
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    };
    page.heading(2, "Contenders");
    page.table(&overview(&of(false)));
    for entry in of(false) {
        section(&mut page, entry);
    }
    page.heading(2, "Baselines");
    page.paragraph(
        "No WebSocket libraries. Raw TCP and the handwritten server are the floor under every row: \
         what they cost a library can hardly save. UDP and HTTP carry the same payloads in other \
         ways, for comparison.",
    );
    for entry in of(true) {
        section(&mut page, entry);
    }
    page.into_text()
}

const INVITATION: &str = "\
If you maintain one of these libraries, its row should show what you would show. Nothing here needs our leave to be tried:

1. Read its section below and `crates/contenders/NAME/src/main.rs`, which is meant to read like the best example in your documentation.
2. Change it. `default` must do what your documentation teaches; `tuned` may use every switch that your documentation names. If a switch helps and isn't documented, document it first: a row that nobody can find out how to reach is of no use to your users.
3. List each option in `[package.metadata.contender.variants]` of its Cargo.toml with its reason; the server says the same on its ready line, and the check compares the two.
4. Measure: `cargo run -p bench-harness -- run --contender NAME` runs it beside the baselines and the reference; `bench-harness compare OLD NEW` says what changed, as far as that may be said.
5. Run `cargo run -p bench-harness -- fairness`, and send the change together with the two results.

A gap below that is wrong, or fixed in a newer version, is a fault of this project: say so, with a link. The same holds for the claims in `results/facts/FACTS.md`. Rules may be argued with too: they hold for all, so one that disadvantages your library is changed for all or stays, with its reason in BIAS.md.";

fn overview(entries: &[&FairnessEntry]) -> Table {
    let mut table = Table::new();
    for title in ["contender", "library", "runtime", "interface", "follows"] {
        table.column(title, Align::Left);
    }
    for entry in entries {
        let facts = &entry.facts;
        table.row(vec![
            format!("[{}](#{})", escaped(&entry.name), anchor(&entry.name)),
            format!("{} {}", escaped(&facts.library), escaped(&entry.version)),
            escaped(&facts.runtime),
            escaped(&facts.api),
            format!("[page]({})", facts.documentation),
        ]);
    }
    table
}

/// What GitHub makes of a heading: lower case, without points.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|character| character.is_alphanumeric() || "-_".contains(*character))
        .collect()
}

fn section(page: &mut Page, entry: &FairnessEntry) {
    let facts = &entry.facts;
    page.heading(3, &escaped(&entry.name));
    let speaks = match facts.protocol {
        Protocol::Websocket => "",
        Protocol::RawTcp => " Speaks no WebSocket.",
        Protocol::Udp => " Speaks UDP.",
        Protocol::Http => " Speaks HTTP/1.1.",
    };
    let follows = if facts.documentation.is_empty() {
        String::new()
    } else {
        format!(" The code follows <{}>.", facts.documentation)
    };
    let library = if facts.baseline {
        String::new()
    } else {
        let name = format!("{} {}", escaped(&facts.library), escaped(&entry.version));
        format!("[{name}]({}), ", facts.repository)
    };
    page.paragraph(&format!(
        "{library}runtime {}, interface: {}.{speaks}{follows}",
        escaped(&facts.runtime),
        escaped(&facts.api)
    ));
    for (variant, options) in &facts.variants {
        of_variant(page, *variant, options, facts);
    }
    if !facts.gaps.is_empty() {
        let gaps: Vec<String> = facts
            .gaps
            .iter()
            .map(|gap| format!("- {}", with_code(gap)))
            .collect();
        page.paragraph(&format!(
            "What it can't do, or does other than the rest:\n\n{}",
            gaps.join("\n")
        ));
    }
}

fn of_variant(page: &mut Page, variant: Variant, facts: &VariantFacts, of: &ContenderFacts) {
    let flush = format!("**{variant}**: flushes {}.", with_code(&facts.flush));
    if facts.options.is_empty() {
        page.paragraph(&format!("{flush} No option is set."));
        return;
    }
    page.paragraph(&flush);
    let usual = of.variants.get(&Variant::Default);
    let mut table = Table::new();
    for title in ["option", "value", "reason"] {
        table.column(title, Align::Left);
    }
    for option in &facts.options {
        let shared = variant != Variant::Default
            && usual.is_some_and(|usual| usual.options.contains(option));
        let reason = if shared {
            "as in `default`".to_owned()
        } else {
            with_code(&option.reason)
        };
        table.row(vec![code(&option.name), code(&option.value), reason]);
    }
    page.table(&table);
}
