//! What the fuzz targets have found worth keeping, replayed without a fuzzer.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "../fuzz/checks.rs"]
mod checks;

use std::{fs, path::Path};

type Check = fn(&[u8]);

#[test]
fn every_input_of_the_corpus_holds() {
    let targets: [(&str, Check); 3] = [
        ("replay", checks::replay_stream),
        ("opening", checks::opening),
        ("words", checks::words),
    ];
    for (target, check) in targets {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        let mut count = 0;
        for entry in fs::read_dir(folder.join(target)).unwrap() {
            check(&fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0, "{target} has no corpus");
    }
}
