//! Programs that speak one line at a time: servers and the load generator.
//!
//! [`LineProcess`] and [`Launcher`] are the seam at which tests put scripted
//! programs in the place of real ones.

mod child;
mod generator;
mod output;
mod server;
#[cfg(test)]
pub(crate) mod soon;

use std::{io, path::PathBuf, time::Duration};

pub(crate) use child::ChildLauncher;
pub(crate) use generator::Generator;
pub(crate) use server::{Server, ServerProgram};

/// How to start a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProgramCall {
    /// The executable.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// Processors that it may run on.
    pub(crate) cpus: Vec<u32>,
}

/// What waiting for a line gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// A line, without its end.
    Line(String),
    /// The program closed its output: it ended or is about to.
    Ended,
    /// It has printed more than is listened to: what, in words.
    TooMuch(String),
    /// No line came in time.
    TimedOut,
    /// The user asked to stop.
    Interrupted,
}

/// A running program that reads commands and prints answers, one per line.
///
/// Dropping it kills the program.
pub(crate) trait LineProcess {
    /// Its process id.
    fn pid(&self) -> u32;
    /// Writes a command.
    fn send(&mut self, line: &str) -> io::Result<()>;
    /// Waits for the next line.
    fn receive(&mut self, timeout: Duration) -> Received;
    /// Closes its input, which tells it to exit.
    fn close_input(&mut self);
    /// How it ended, or `None` while it runs.
    fn exit_status(&mut self) -> Option<String>;
    /// The last lines of its standard error.
    fn stderr_tail(&self) -> String;
}

/// Starts programs.
pub(crate) trait Launcher {
    /// Starts one.
    fn launch(&self, call: &ProgramCall) -> io::Result<Box<dyn LineProcess>>;
}

/// Why a trial, or a part of it, ended before its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stop {
    /// Something was wrong with the server or the generator.
    Flawed(Vec<record::Flaw>),
    /// The user asked to stop.
    Interrupted,
}

impl From<record::Flaw> for Stop {
    fn from(flaw: record::Flaw) -> Self {
        Self::Flawed(vec![flaw])
    }
}
