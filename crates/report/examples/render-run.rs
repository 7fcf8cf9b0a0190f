//! Renders a run's file into a folder, as the harness would, without a run.
//!
//! `cargo run -p report --example render-run RUN.NDJSON DIR [EARLIER.NDJSON…]`
#![allow(clippy::print_stdout, reason = "it is a program")]

use report::{
    Run, Staleness, TerminalOptions, analyse,
    compare::{History, PastRun},
    newest_page,
    plot::plots,
    readme_section, render_folder, terminal_summary,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("say which run.ndjson to read")?;
    let folder = arguments.next().ok_or("say which folder to write to")?;
    let findings = analyse(&Run::parse(&std::fs::read_to_string(file)?)?);
    std::fs::create_dir_all(format!("{folder}/plots"))?;
    for file in render_folder(&findings)? {
        std::fs::write(format!("{folder}/{}", file.name), file.text)?;
    }
    std::fs::create_dir_all(format!("{folder}/all-plots"))?;
    for plot in plots(&findings) {
        std::fs::write(format!("{folder}/all-plots/{}.svg", plot.id), plot.svg)?;
    }
    let runs = arguments.map(|path| {
        let past = std::fs::read_to_string(&path).map_err(|error| error.to_string());
        match past.and_then(|text| Run::parse(&text).map_err(|error| error.to_string())) {
            Ok(run) => PastRun::of(&path, &analyse(&run), &findings),
            Err(why) => PastRun::damaged(&path, why),
        }
    });
    let history = History {
        runs: runs.collect(),
    };
    let stale = Staleness::default();
    std::fs::write(
        format!("{folder}/section.md"),
        readme_section(&findings, ".", &stale),
    )?;
    std::fs::write(
        format!("{folder}/newest.md"),
        newest_page(&findings, ".", &stale, &history),
    )?;
    let options = TerminalOptions {
        width: 120,
        colour: false,
    };
    println!("{}", terminal_summary(&findings, options));
    Ok(())
}
