//! Writes the result folder of a made-up run, to look at.
//!
//! `cargo run -p report --example render-fake-run DIR [BLOCKS | flawed]`
#![allow(clippy::print_stdout, reason = "it is a program")]

#[path = "../tests/support/mod.rs"]
mod support;

use report::{
    Staleness, TerminalOptions, analyse, readme_section, render_folder, terminal_summary,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("say which folder to write to")?;
    let run = match arguments.next().as_deref() {
        Some("flawed") => support::flawed::run(),
        Some(blocks) => support::run(blocks.parse()?),
        None => support::run(6),
    };
    let findings = analyse(&run);
    std::fs::create_dir_all(format!("{folder}/plots"))?;
    for file in render_folder(&findings)? {
        std::fs::write(format!("{folder}/{}", file.name), file.text)?;
    }
    std::fs::write(
        format!("{folder}/section.md"),
        readme_section(&findings, "results/x", &Staleness::default()),
    )?;
    for width in [80, 200] {
        println!(
            "{}",
            terminal_summary(
                &findings,
                TerminalOptions {
                    width,
                    colour: false
                }
            )
        );
    }
    Ok(())
}
