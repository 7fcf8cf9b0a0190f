//! Compares WebSocket libraries side by side.
//!
//! plan → build → check → calibrate → run → analyse → render: every arrow is a
//! value of the `record` crate, serialised. What is on the disk after a kill is
//! valid, can be reported and can be resumed.

mod admission;
mod build;
mod check;
mod cli;
mod clock;
mod codec;
mod command;
mod conformance;
mod discover;
mod doctor;
mod exit;
mod facts;
mod files;
mod hazards;
mod interrupt;
mod machine_lock;
mod new_contender;
mod output;
mod plan;
mod process;
mod progress;
mod run;
mod scenarios;
mod selection;
mod selftest;
mod terminal;
mod tested;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match command::run(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => terminal::fail(&error).into(),
    }
}
