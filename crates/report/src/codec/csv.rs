//! `codec.csv`: one row per library and benchmark.

use record::{CodecGroup, MessageShape};

use super::{CodecRun, instructions, per_message_ns};
use crate::text::Csv;

const COLUMNS: [&str; 15] = [
    "family",
    "size_bytes",
    "kind",
    "library",
    "version",
    "built_alone",
    "messages_per_iteration",
    "ns_per_message",
    "ns_per_message_lower",
    "ns_per_message_upper",
    "confidence_level",
    "samples",
    "payload_bytes_per_s",
    "instructions_per_message",
    "instructions_tool",
];

pub(super) fn csv(run: &CodecRun) -> String {
    let mut csv = Csv::new(&COLUMNS);
    for (family, kind) in run.tables() {
        for size_bytes in run.sizes(family, kind) {
            let message = MessageShape { kind, size_bytes };
            let group = CodecGroup { family, message };
            for library in run.libraries(family, kind) {
                csv.row(row(run, group, library));
            }
        }
    }
    csv.into_text()
}

fn row(run: &CodecRun, group: CodecGroup, library: &str) -> Vec<String> {
    let (time, count) = (run.time(library, group), run.count(library, group));
    let stamp = run.header.libraries.iter().find(|it| it.name == library);
    let version = stamp
        .map(|it| it.version.clone())
        .or_else(|| Some(count?.version.clone()));
    let alone = stamp
        .map(|it| it.built_alone)
        .or_else(|| Some(count?.built_alone));
    let shown = |value: Option<f64>| value.map(|it| it.to_string()).unwrap_or_default();
    let ns = time.map(per_message_ns);
    let bytes = group.message.size_bytes as f64;
    let name = group.to_string();
    vec![
        group.family.to_string(),
        group.message.size_bytes.to_string(),
        name.rsplit('/').next().unwrap_or_default().to_owned(),
        library.to_owned(),
        version.unwrap_or_default(),
        alone.map(|it| it.to_string()).unwrap_or_default(),
        time.map(|it| it.messages.to_string()).unwrap_or_default(),
        shown(ns.map(|it| it[0])),
        shown(ns.map(|it| it[1])),
        shown(ns.map(|it| it[2])),
        shown(time.map(|it| it.confidence_level)),
        time.map(|it| it.samples.to_string()).unwrap_or_default(),
        shown(ns.filter(|it| it[0] > 0.0).map(|it| bytes * 1e9 / it[0])),
        shown(count.and_then(instructions)),
        count.map(|it| it.tool.clone()).unwrap_or_default(),
    ]
}
