//! `cargo bench -p codec-bench`: what every library's codec costs, without
//! sockets. The crate's documentation says what is measured and what is not.
//!
//! Libraries of a group are compared in criterion's own report,
//! `target/criterion/report/index.html`; `bench-harness codec DIR` takes the
//! figures into a result folder. Some 200 benchmarks of 1.3 s, and criterion's
//! analysis of each; further words filter, such as
//! `cargo bench -p codec-bench -- "echo/16 KiB"`.

#![allow(clippy::panic, reason = "a benchmark program")]

use std::time::Duration;

use codec_bench::{
    Batch, KINDS, LIBRARIES, Library, Program, SIZES_BYTES, criterion_folder, verify, write_stamps,
};
use criterion::{Bencher, Criterion, Throughput};
use record::{CodecFamily, CodecGroup, MessageShape};

fn main() {
    let program = Program::starting();
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
        .configure_from_args();
    if measures()
        && let Err(error) = write_stamps(&criterion_folder(), &program)
    {
        panic!("{} can't be written: {error}", criterion_folder().display());
    }
    for family in CodecFamily::ALL {
        for size_bytes in SIZES_BYTES {
            for kind in KINDS {
                let message = MessageShape { kind, size_bytes };
                group(&mut criterion, CodecGroup { family, message });
            }
        }
    }
    criterion.final_summary();
}

/// Whether this run leaves figures behind.
fn measures() -> bool {
    let mut is_bench = false;
    for word in std::env::args().skip(1) {
        match word.as_str() {
            "--bench" => is_bench = true,
            "--test" | "--list" => return false,
            other if other.starts_with("--profile-time") => return false,
            other if other.starts_with("--load-baseline") => return false,
            _ => {}
        }
    }
    is_bench
}

fn group(criterion: &mut Criterion, group: CodecGroup) {
    let libraries: Vec<&Library> = LIBRARIES.iter().filter(|it| it.has(group.family)).collect();
    if libraries.is_empty() {
        return;
    }
    let batch = Batch::of(group.message);
    let mut benchmarks = criterion.benchmark_group(group.to_string());
    benchmarks.throughput(Throughput::Bytes(batch.payload_bytes));
    for library in libraries {
        let mut verified = false;
        benchmarks.bench_function(library.name, |bencher| {
            if !verified {
                if let Err(error) = verify(library, group.family, group.message) {
                    panic!("{group}: {error}");
                }
                verified = true;
            }
            time(bencher, library, group, &batch);
        });
    }
    benchmarks.finish();
}

fn time(bencher: &mut Bencher<'_>, library: &Library, group: CodecGroup, batch: &Batch) {
    let mut body = match library.body(group.family, batch) {
        Ok(Some(body)) => body,
        Ok(None) => panic!("{group}: {} has no such body", library.name),
        Err(error) => panic!("{group}: {}: {error}", library.name),
    };
    bencher.iter(|| {
        if let Err(error) = body() {
            panic!("{group}: {}: {error}", library.name);
        }
    });
}
