//! How long analysis and rendering of a run take, by number of records.
//!
//! `cargo run --release -p report --example time-analysis [BLOCKS]`
#![allow(clippy::print_stdout, reason = "it is a program")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let blocks = std::env::args()
        .nth(1)
        .map_or(Ok(80), |text| text.parse())?;
    let text = support::ndjson(&support::run(blocks));
    let started = Instant::now();
    let run = report::Run::parse(&text)?;
    let parsed = started.elapsed();
    let findings = report::analyse(&run);
    let analysed = started.elapsed();
    let files = report::render_folder(&findings)?;
    let options = report::TerminalOptions {
        width: 160,
        colour: false,
    };
    let summary = report::terminal_summary(&findings, options);
    let rendered = started.elapsed();
    let page = report::render_html(&findings, &report::Beside::default())?;
    let whole = started.elapsed();
    let bytes = summary.len() + files.iter().map(|file| file.text.len()).sum::<usize>();
    println!("{} records, {} MiB", run.trials.len(), text.len() >> 20);
    println!("parsed after {parsed:?}, analysed after {analysed:?}");
    println!("rendered {bytes} bytes after {rendered:?}");
    println!("HTML report of {} bytes after {whole:?}", page.text.len());
    Ok(())
}
