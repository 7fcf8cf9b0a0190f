//! `codec.md`.

use record::{CodecFamily, CodecGroup, CodecLibrary, MessageKind, MessageShape};

use super::{CodecRun, FLOOR, instructions, per_message_ns};
use crate::{
    render::Page,
    text::{Align, Table, TimeUnit, bytes, code, escaped, grouped, per_cent, significant},
};

/// Behind the names of libraries that were not alone in their program.
const TOGETHER: &str = "†";

pub(super) fn page(run: &CodecRun) -> String {
    let mut page = Page::new("Codec cost alone, without sockets");
    page.paragraph(
        "**No ranking, and no part of one.** No kernel, no runtime, no wake-up is in these \
         figures: they say what a library's own code takes when its bytes are in memory already. \
         On a real connection most of a small message's cost is the kernel's, and how often a \
         library reads and writes decides how much; that doesn't show here. To choose a library, \
         read the tables of servers on real sockets. Rows stand in the order of the alphabet.",
    );
    page.paragraph(
        "Time is that of one message: the median of criterion's samples, and half of the \
         interval that criterion's bootstrap gives it, all samples from one process. That \
         interval knows nothing of how another process of the same program would differ, so \
         differences of a few per cent mean nothing. The documentation of crates/codec-bench says \
         through which API each library is measured, and what is not possible, and why.",
    );
    together(&mut page, run);
    for (family, kind) in run.tables() {
        page.heading(2, &format!("{}: {kind}", title(family)));
        page.paragraph(explanation(family));
        let of = Of { run, family, kind };
        of.times(&mut page);
        of.counts(&mut page);
        page.paragraph(&footer(run));
    }
    page.heading(2, "What was built");
    page.table(&libraries(run));
    page.into_text()
}

/// What † means, where it stands anywhere.
fn together(page: &mut Page, run: &CodecRun) {
    let libraries = run.header.libraries.iter().map(|it| it.built_alone);
    let mut all = libraries.chain(run.counts.iter().map(|it| it.built_alone));
    if all.any(|alone| !alone) {
        page.paragraph(&format!(
            "{TOGETHER}: built into one program with other libraries. Cargo then gives \
             dependencies that they share the features that any of them asks for; known to \
             matter for wtx, whose validation of text becomes faster than in a program of its \
             own (simdutf8 gets `std`, and so looks for vector instructions at run time). \
             `scripts/codec-alone` measures each library in a program of its own."
        ));
    }
}

fn title(family: CodecFamily) -> &'static str {
    match family {
        CodecFamily::Echo => "Echo on a stream in memory",
        CodecFamily::Frame => "One frame, without a stream",
    }
}

fn explanation(family: CodecFamily) -> &'static str {
    match family {
        CodecFamily::Echo => {
            "Through the library's public server API: read a masked message, write and flush its \
             echo. The stream is always ready, gives as many bytes as there is room for and takes \
             all that is written, so a large read buffer takes many small messages at once. The \
             stream copies once in and once out; the row copy-only does nothing else and is the \
             floor."
        }
        CodecFamily::Frame => {
            "Copy a masked frame into the library's buffer, parse, unmask, validate text, \
             serialise. Only libraries that have these steps as public API, apart from a stream. \
             A library that leaves a large payload where it was read (ntex, above 4 KiB) saves a \
             copy here that the others make."
        }
    }
}

/// One family and kind of message.
struct Of<'a> {
    run: &'a CodecRun,
    family: CodecFamily,
    kind: MessageKind,
}

impl Of<'_> {
    fn group(&self, size_bytes: u64) -> CodecGroup {
        let kind = self.kind;
        CodecGroup {
            family: self.family,
            message: MessageShape { kind, size_bytes },
        }
    }

    fn sizes(&self) -> Vec<u64> {
        self.run.sizes(self.family, self.kind).into_iter().collect()
    }

    fn libraries(&self) -> Vec<&str> {
        self.run.libraries(self.family, self.kind)
    }

    fn times(&self, page: &mut Page) {
        let (sizes, libraries) = (self.sizes(), self.libraries());
        let ns = |library: &str, size: u64| {
            let time = self.run.time(library, self.group(size));
            time.map(per_message_ns)
        };
        if !sizes
            .iter()
            .any(|&size| libraries.iter().any(|it| ns(it, size).is_some()))
        {
            return;
        }
        let mut time = Table::new();
        let mut rate = Table::new();
        time.column("time per message", Align::Left);
        rate.column("MiB of payload per second", Align::Left);
        let mut units = Vec::new();
        for &size in &sizes {
            let all = libraries.iter().filter_map(|it| Some(ns(it, size)?[0]));
            let unit = TimeUnit::for_values(all);
            time.column(format!("{}, {}", bytes(size), unit.symbol()), Align::Right);
            rate.column(bytes(size), Align::Right);
            units.push(unit);
        }
        for library in libraries {
            let mut times = vec![self.label(library, self.run.built_alone(library))];
            let mut rates = times.clone();
            for (&size, unit) in sizes.iter().zip(&units) {
                let found = ns(library, size);
                times.push(found.map(|it| shown(it, *unit)).unwrap_or_default());
                rates.push(found.map(|it| mebibytes(size, it)).unwrap_or_default());
            }
            time.row(times);
            rate.row(rates);
        }
        page.table(&time);
        page.table(&rate);
    }

    fn counts(&self, page: &mut Page) {
        let (sizes, libraries) = (self.sizes(), self.libraries());
        let counted: Vec<&str> = libraries
            .into_iter()
            .filter(|library| {
                let mut sizes = sizes.iter();
                sizes.any(|&size| self.run.count(library, self.group(size)).is_some())
            })
            .collect();
        if counted.is_empty() {
            return;
        }
        let mut table = Table::new();
        table.column("instructions per message", Align::Left);
        for &size in &sizes {
            table.column(bytes(size), Align::Right);
        }
        let mut tools: Vec<&str> = Vec::new();
        for library in counted {
            let mut alone = None;
            let mut cells = Vec::new();
            for &size in &sizes {
                let count = self.run.count(library, self.group(size));
                alone = alone.or(count.map(|it| it.built_alone));
                tools.extend(count.map(|it| it.tool.as_str()));
                let value = count.and_then(instructions);
                cells.push(
                    value
                        .map(|it| grouped(it.round().max(0.0) as u64))
                        .unwrap_or_default(),
                );
            }
            cells.insert(0, self.label(library, alone));
            table.row(cells);
        }
        tools.sort_unstable();
        tools.dedup();
        page.table(&table);
        page.paragraph(&format!(
            "Counted by callgrind ({}): what each further message adds. An instruction is no unit \
             of time: one may add two registers, the next may copy 32 bytes. Code that is chosen \
             by what the processor can do is chosen for the one that valgrind emulates.",
            escaped(&tools.join(", "))
        ));
    }

    fn label(&self, library: &str, built_alone: Option<bool>) -> String {
        let name = escaped(library);
        match built_alone {
            _ if library == FLOOR => format!("{name} (floor)"),
            Some(false) => format!("{name} {TOGETHER}"),
            _ => name,
        }
    }
}

/// The time and half of its interval.
fn shown([median, lower, upper]: [f64; 3], unit: TimeUnit) -> String {
    let spread = if median > 0.0 {
        format!(" ±{}", per_cent(50.0 * (upper - lower) / median))
    } else {
        String::new()
    };
    format!("{}{spread}", unit.show(median))
}

fn mebibytes(size_bytes: u64, [median, ..]: [f64; 3]) -> String {
    if median > 0.0 {
        significant(size_bytes as f64 * 1e9 / median / f64::from(1 << 20), 3)
    } else {
        String::new()
    }
}

fn footer(run: &CodecRun) -> String {
    let header = &run.header;
    let date = header.collected_at.split('T').next().unwrap_or_default();
    let parts = [
        "codec cost alone, without sockets".to_owned(),
        escaped(date),
        escaped(&header.toolchain.rustc),
        escaped(&header.toolchain.profile),
        format!(
            "{}: {}, {} processors",
            escaped(&header.host.name),
            escaped(&header.host.cpu_model),
            header.host.cpus
        ),
        code("cargo bench -p codec-bench"),
    ];
    format!("<sub>{}</sub>", parts.join(" · "))
}

fn libraries(run: &CodecRun) -> Table {
    let mut table = Table::new();
    for title in ["library", "version", "program", "compiler", "commit"] {
        table.column(title, Align::Left);
    }
    for library in &run.header.libraries {
        table.row(vec![
            escaped(&library.name),
            escaped(&library.version),
            if library.built_alone {
                "its own"
            } else {
                "with others"
            }
            .to_owned(),
            escaped(&library.rustc),
            commit(library),
        ]);
    }
    table
}

fn commit(library: &CodecLibrary) -> String {
    let dirty = if library.dirty {
        " with uncommitted changes"
    } else {
        ""
    };
    match &library.commit {
        Some(commit) => format!("{}{dirty}", escaped(commit.get(..7).unwrap_or(commit))),
        None => "outside a checkout".to_owned(),
    }
}
