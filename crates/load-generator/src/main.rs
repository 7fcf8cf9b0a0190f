//! `load-generator`: puts verified load on a WebSocket server.

mod cli;
mod human;

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Parser as _;
use load_generator::{Generator, control};

use crate::{
    cli::{Arguments, Format},
    human::Report,
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(cli::EXIT_FLAWED),
        Err(error) => {
            // Nothing can be done when standard error is closed.
            let _ = writeln!(io::stderr(), "load-generator: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything that was sent came back right.
fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    // More connections than the soft limit are the common case; where the hard
    // limit is too low as well, opening a socket says so.
    let _ = machine::raise_open_file_limit();
    if arguments.control {
        let output = BufWriter::new(io::stdout().lock());
        control::serve(io::stdin().lock(), output, arguments.allow_remote)
            .context("control channel")?;
        return Ok(true);
    }
    let workload = arguments.workload()?;
    let target = control::resolve(&workload.url, arguments.allow_remote)?;
    let mut generator = Generator::new(workload.clone(), target)?;
    let connected = generator.connect()?;
    let result = if connected.connections_up == 0 && !arguments.handshakes {
        None
    } else {
        Some(generator.go(0)?)
    };
    let disconnected = generator.disconnect()?;
    let report = Report {
        workload,
        connected,
        result,
        disconnected,
    };
    let mut output = BufWriter::new(io::stdout().lock());
    match arguments.format {
        Format::Human => report.write(&mut output)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut output, &report)?;
            output.write_all(b"\n")?;
        }
    }
    output.flush()?;
    Ok(report.is_clean())
}
