//! `codec-instructions [FILTER …]`: instructions per message of every library's
//! codec, under valgrind's callgrind. Same bodies as `cargo bench`.
//!
//! A filter is a part of `LIBRARY codec/FAMILY/SIZE/KIND`. Counts are added to
//! `codec-bench/instructions.ndjson` in cargo's target folder; `bench-harness
//! codec DIR` takes them into a result folder.

#![allow(clippy::print_stdout, reason = "a program")]

use std::{env, error::Error, fs, io::Write as _, process::ExitCode};

use codec_bench::{
    KINDS, LIBRARIES, Library, SIZES_BYTES,
    instructions::{Valgrind, counts_folder, run},
};
use record::{CodecFamily, CodecGroup, CodecLine, MessageShape};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    if let [flag, library, group, iterations] = &words[..]
        && flag == "--run"
    {
        let library = Library::named(library).ok_or("no such library")?;
        let group = CodecGroup::of_name(group).ok_or("no such benchmark")?;
        run(&library, group, iterations.parse()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(flag) = words.iter().find(|word| word.starts_with('-')) {
        println!("usage: codec-instructions [FILTER …]\nno such flag: {flag}");
        return Ok(ExitCode::from(2));
    }
    if cfg!(debug_assertions) {
        println!(
            "this is a debug build, whose instructions say nothing; use \
             scripts/codec-instructions, or `cargo run --release -p codec-bench \
             --bin codec-instructions`"
        );
        return Ok(ExitCode::FAILURE);
    }
    count(&words)
}

fn count(filters: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let valgrind = match Valgrind::find() {
        Ok(valgrind) => valgrind,
        Err(error) => {
            println!("{error}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let folder = counts_folder()?;
    let program = env::current_exe()?;
    let path = folder.join("instructions.ndjson");
    let mut file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)?;
    let (mut counted, mut failed) = (0, 0);
    for (library, group) in wanted(filters) {
        match valgrind.count(&program, &folder, library, group) {
            Ok(count) => {
                let (fewer, more) = (&count.step.fewer, &count.step.more);
                let each = (more.total - fewer.total) / (more.messages - fewer.messages);
                println!("{group} {}: {each} instructions per message", library.name);
                let line = serde_json::to_string(&CodecLine::Instructions(count))?;
                writeln!(file, "{line}")?;
                counted += 1;
            }
            Err(error) => {
                println!("{group} {}: {error}", library.name);
                failed += 1;
            }
        }
    }
    if counted + failed == 0 {
        println!("no benchmark has that in its name");
        return Ok(ExitCode::from(2));
    }
    println!(
        "{counted} counts added to {}, {failed} failed",
        path.display()
    );
    Ok(ExitCode::from(u8::from(failed > 0)))
}

fn wanted(filters: &[String]) -> Vec<(&'static Library, CodecGroup)> {
    let mut found = Vec::new();
    for family in CodecFamily::ALL {
        for kind in KINDS {
            for size_bytes in SIZES_BYTES {
                let message = MessageShape { kind, size_bytes };
                let group = CodecGroup { family, message };
                found.extend(
                    LIBRARIES
                        .iter()
                        .filter(|it| it.has(family))
                        .map(|it| (it, group)),
                );
            }
        }
    }
    found.retain(|(library, group)| {
        let name = format!("{} {group}", library.name);
        filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()))
    });
    found
}
