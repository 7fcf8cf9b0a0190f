//! Codec figures: what is read, what is refused, and the rendered files, byte
//! for byte.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p report`, then read
//! the difference.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::{
    CODEC_VERSION, CodecCount, CodecFamily, CodecGroup, CodecHeader, CodecLibrary, CodecLine,
    CodecTime, CostPass, CostStep, MessageKind, MessageShape,
};
use report::{CodecError, CodecRun, analyse, render_codec, render_folder, with_codec};

const SIZES: [u64; 3] = [16, 1024, 1 << 20];

fn group(family: CodecFamily, kind: MessageKind, size_bytes: u64) -> CodecGroup {
    let message = MessageShape { kind, size_bytes };
    CodecGroup { family, message }
}

fn library(name: &str, version: &str, built_alone: bool) -> CodecLibrary {
    CodecLibrary {
        name: name.to_owned(),
        version: version.to_owned(),
        built_alone,
        rustc: "rustc 1.95.0 (1234567 2026-04-14)".to_owned(),
        commit: Some("0123456789abcdef".to_owned()),
        dirty: name == "wtx",
        started_at_unix_ns: 1_795_170_000_000_000_000,
    }
}

fn time(library: &str, group: CodecGroup, ns: f64) -> CodecTime {
    CodecTime {
        library: library.to_owned(),
        group,
        messages: 4,
        median_ns: 4.0 * ns,
        lower_ns: 3.96 * ns,
        upper_ns: 4.08 * ns,
        confidence_level: 0.95,
        samples: 20,
    }
}

fn count(library: &str, group: CodecGroup, each: u64) -> CodecCount {
    let pass = |messages| CostPass {
        messages,
        total: 1_000_000 + messages * each,
        ..CostPass::default()
    };
    CodecCount {
        library: library.to_owned(),
        version: "0.30.0".to_owned(),
        built_alone: true,
        group,
        tool: "valgrind-3.19.0".to_owned(),
        step: CostStep {
            size_bytes: group.message.size_bytes,
            fewer: pass(8),
            more: pass(16),
        },
    }
}

/// A floor, a library of its own, one of a shared program with a size missing,
/// and a family that only one has.
fn lines() -> Vec<CodecLine> {
    let run = support::run(2);
    let header = CodecHeader {
        codec_version: CODEC_VERSION,
        collected_at_unix_ns: 1_795_170_000_000_000_000,
        collected_at: "2026-11-20T10:20:00Z".to_owned(),
        host: run.header.host,
        toolchain: run.header.toolchain,
        libraries: vec![
            library("copy-only", "0.1.0", true),
            library("tungstenite", "0.30.0", true),
            library("wtx", "0.46.1", false),
        ],
    };
    let mut lines = vec![CodecLine::Header(Box::new(header))];
    for kind in [MessageKind::Binary, MessageKind::TextMultibyte] {
        for (size, ns) in SIZES.into_iter().zip([41.0, 412.0, 301_000.0]) {
            let group = group(CodecFamily::Echo, kind, size);
            lines.push(CodecLine::Time(time("copy-only", group, ns / 4.0)));
            lines.push(CodecLine::Time(time("tungstenite", group, ns)));
            if size < 1 << 20 {
                lines.push(CodecLine::Time(time("wtx", group, ns / 2.0)));
            }
            if kind == MessageKind::Binary {
                lines.push(CodecLine::Instructions(count(
                    "tungstenite",
                    group,
                    size * 3,
                )));
            }
        }
    }
    let frame = group(CodecFamily::Frame, MessageKind::Binary, 16);
    lines.push(CodecLine::Time(time("wtx", frame, 12.0)));
    lines
}

fn text(lines: &[CodecLine]) -> String {
    let json = |line| serde_json::to_string(line).expect("lines serialise") + "\n";
    lines.iter().map(json).collect()
}

#[test]
fn what_was_written_is_read() {
    let lines = lines();
    let run = CodecRun::parse(&text(&lines)).expect("own lines are read");
    assert_eq!(run.times.len() + run.counts.len() + 1, lines.len());
    for line in lines {
        match line {
            CodecLine::Header(header) => assert_eq!(run.header, *header),
            CodecLine::Time(time) => assert!(run.times.contains(&time)),
            CodecLine::Instructions(count) => assert!(run.counts.contains(&count)),
        }
    }
}

#[test]
fn what_is_no_codec_file_is_refused_by_name() {
    let lines = lines();
    let good = text(&lines);
    let of = |text: &str| CodecRun::parse(text).expect_err("it is refused");
    for text in ["", "\n", "nonsense\n", &text(&lines[1..])] {
        assert!(matches!(of(text), CodecError::NoHeader { .. }), "{text}");
    }
    let newer = good.replacen("\"codec_version\":1", "\"codec_version\":2", 1);
    assert!(matches!(
        of(&newer),
        CodecError::OtherVersion { found: 2, known: 1 }
    ));
    let cut = &good[..good.len() - 5];
    let last = lines.len();
    assert!(matches!(of(cut), CodecError::BadLine { line, .. } if line == last));
    let twice = format!("{good}{}", text(&lines[..1]));
    assert!(matches!(of(&twice), CodecError::BadLine { line, .. } if line == last + 1));
}

#[test]
fn every_codec_file() {
    let run = CodecRun::parse(&text(&lines())).expect("own lines are read");
    for file in render_codec(&run) {
        insta::assert_snapshot!(file.name, file.text);
    }
}

#[test]
fn nothing_but_a_link_is_added_to_a_run_s_own_files() {
    let codec = CodecRun::parse(&text(&lines())).expect("own lines are read");
    let files = render_folder(&analyse(&support::run(2))).expect("findings serialise");
    let both = with_codec(files.clone(), &codec);
    assert_eq!(both.len(), files.len() + 2);
    for (before, after) in files.iter().zip(&both) {
        if before.name == "README.md" {
            let added = after.text.strip_prefix(&before.text);
            assert!(added.is_some_and(|it| it.contains("](codec.md)")));
        } else {
            assert_eq!(before, after);
        }
    }
}

#[test]
fn lines_are_what_their_schema_says() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/schema/codec.v1.schema.json"
    );
    let schema = std::fs::read_to_string(path).expect("it is committed");
    let schema = serde_json::from_str(&schema).expect("it is JSON");
    let schema = jsonschema::validator_for(&schema).expect("it is a schema");
    for line in text(&lines()).lines() {
        let mut line: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
        assert!(schema.is_valid(&line), "{line}");
        line["line"] = "other".into();
        assert!(!schema.is_valid(&line), "{line}");
    }
}
