//! A folder as criterion and `codec-bench` leave it.

use record::{CodecFamily, CodecLine, CostPass, CostStep, MessageKind, MessageShape};

use super::*;

struct Left(tempfile::TempDir);

impl Left {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn stamp(&self, library: &str, started_at_unix_ns: u64) {
        let stamp = CodecLibrary {
            name: library.to_owned(),
            version: "1.2.3".to_owned(),
            built_alone: false,
            rustc: "rustc 1.95.0".to_owned(),
            commit: None,
            dirty: false,
            started_at_unix_ns,
        };
        let text = serde_json::to_string(&stamp).unwrap();
        self.write(&format!("{STAMPS}/{library}.json"), &text);
    }

    fn benchmark(&self, group: &str, library: &str) {
        let folder = format!("{}/{library}/new", group.replace('/', "_"));
        let benchmark = format!(
            "{{\"group_id\":\"{group}\",\"function_id\":\"{library}\",\"value_str\":null,\
             \"throughput\":{{\"Bytes\":128000}},\"full_id\":\"x\",\"directory_name\":\"x\",\
             \"title\":\"x\"}}"
        );
        self.write(&format!("{folder}/benchmark.json"), &benchmark);
        let median = "{\"confidence_interval\":{\"confidence_level\":0.95,\
                      \"lower_bound\":90.5,\"upper_bound\":110.5},\
                      \"point_estimate\":100.5,\"standard_error\":1.0}";
        self.write(
            &format!("{folder}/estimates.json"),
            &format!("{{\"mean\":{median},\"median\":{median},\"slope\":null}}"),
        );
        self.write(
            &format!("{folder}/sample.json"),
            "{\"sampling_mode\":\"Linear\",\"iters\":[1.0,2.0],\"times\":[5.0,9.0]}",
        );
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self) -> Result<Figures> {
        read(self.0.path(), &self.0.path().join("instructions.ndjson"))
    }
}

fn count(version: &str, total: u64) -> String {
    let message = MessageShape {
        kind: MessageKind::Binary,
        size_bytes: 125,
    };
    let pass = |messages, total| CostPass {
        messages,
        total,
        ..CostPass::default()
    };
    let line = CodecLine::Instructions(CodecCount {
        library: "a".to_owned(),
        version: version.to_owned(),
        built_alone: true,
        group: CodecGroup {
            family: CodecFamily::Echo,
            message,
        },
        tool: "valgrind-3.19.0".to_owned(),
        step: CostStep {
            size_bytes: 125,
            fewer: pass(10, 100),
            more: pass(20, total),
        },
    });
    serde_json::to_string(&line).unwrap() + "\n"
}

const GROUP: &str = "codec/echo/125 B/binary";

#[test]
fn figures_of_the_last_program_are_taken() {
    let left = Left::new();
    left.stamp("a", 1);
    left.stamp("never-measured", 1);
    left.benchmark(GROUP, "a");
    left.benchmark("mask/125 B", "a");
    left.write("report/index.html", "");
    let figures = left.read().unwrap();
    assert_eq!(figures.left_out, []);
    assert_eq!(figures.libraries.len(), 1);
    let [time] = &figures.times[..] else {
        panic!("{figures:?}");
    };
    assert_eq!(time.group.to_string(), GROUP);
    assert_eq!((time.messages, time.samples), (1024, 2));
    let interval = (time.lower_ns, time.median_ns, time.upper_ns);
    assert_eq!(interval, (90.5, 100.5, 110.5));
    assert_eq!(time.confidence_level, 0.95);
}

#[test]
fn figures_of_an_earlier_program_or_of_nobody_are_not() {
    let left = Left::new();
    // A program that starts after all files were written.
    left.stamp("a", u64::MAX / 2);
    for group in [GROUP, "codec/echo/1 KiB/text"] {
        left.benchmark(group, "a");
        left.benchmark(group, "b");
    }
    let figures = left.read().unwrap();
    assert!(figures.times.is_empty());
    assert!(figures.libraries.is_empty());
    let expected = [
        LeftOut::Older {
            library: "a".to_owned(),
            count: 2,
        },
        LeftOut::NoStamp {
            library: "b".to_owned(),
            count: 2,
        },
    ];
    assert_eq!(figures.left_out, expected);
}

#[test]
fn the_last_count_of_the_version_that_was_timed_is_taken() {
    let left = Left::new();
    left.stamp("a", 1);
    left.benchmark(GROUP, "a");
    let lines = [
        count("1.2.3", 200),
        count("1.2.3", 300),
        count("1.2.2", 400),
    ];
    left.write("instructions.ndjson", &lines.concat());
    let figures = left.read().unwrap();
    let [count] = &figures.counts[..] else {
        panic!("{figures:?}");
    };
    assert_eq!(count.step.more.total, 300);
    assert_eq!(
        figures.left_out,
        [LeftOut::OtherVersion {
            library: "a".to_owned(),
            version: "1.2.2".to_owned()
        }]
    );
}

#[test]
fn nothing_is_nothing_and_damage_is_named_with_its_file() {
    let left = Left::new();
    let figures = left.read().unwrap();
    assert!(figures.times.is_empty() && figures.counts.is_empty());
    left.stamp("a", 1);
    left.benchmark(GROUP, "a");
    let name = format!("{}/a/new/estimates.json", GROUP.replace('/', "_"));
    left.write(&name, "{");
    let error = left.read().unwrap_err().to_string();
    assert!(error.contains("estimates.json"), "{error}");
    assert!(error.contains("cargo bench -p codec-bench"), "{error}");
    let left = Left::new();
    left.write("instructions.ndjson", "{}\n");
    let error = left.read().unwrap_err().to_string();
    assert!(error.contains("line 1"), "{error}");
}
