//! Control mode: commands on an input, one JSON line each on an output.
//!
//! The commands are listed in the documentation of `record`'s generator types.

use std::io::{self, BufRead, Write};

use record::{GeneratorFault, GeneratorLine, Workload};

use crate::{Error, Generator, Target};

/// Carries out commands until the end of `input`.
///
/// # Errors
/// Only when `input` can't be read or `output` not be written. Everything else
/// is answered with a `fault` line.
pub fn serve(input: impl BufRead, mut output: impl Write, allow_remote: bool) -> io::Result<()> {
    let mut generator = None;
    for line in input.lines() {
        let answer = carry_out(&mut generator, line?.trim(), allow_remote)
            .unwrap_or_else(|message| GeneratorLine::Fault(GeneratorFault { message }));
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

fn carry_out(
    generator: &mut Option<Generator>,
    line: &str,
    allow_remote: bool,
) -> Result<GeneratorLine, String> {
    let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
    if command == "connect" {
        let workload: Workload = serde_json::from_str(rest)
            .map_err(|error| format!("connect: workload can't be read: {error}"))?;
        *generator = None;
        let target = resolve(&workload.url, allow_remote).map_err(in_words)?;
        let fresh = generator.insert(Generator::new(workload, target).map_err(in_words)?);
        return fresh.connect().map(GeneratorLine::Ready).map_err(in_words);
    }
    let Some(generator) = generator else {
        return Err(format!("{command:?} came before connect"));
    };
    match command {
        "go" => {
            let start_unix_ns = number(command, rest)?;
            let result = generator.go(start_unix_ns).map_err(in_words)?;
            Ok(GeneratorLine::Result(Box::new(result)))
        }
        "hold" => {
            let count = u32::try_from(number(command, rest)?)
                .map_err(|_| "hold: too many connections".to_owned())?;
            generator
                .hold(count)
                .map(GeneratorLine::Ready)
                .map_err(in_words)
        }
        "disconnect" => {
            let disconnected = generator.disconnect().map_err(in_words)?;
            Ok(GeneratorLine::Disconnected(disconnected))
        }
        other => Err(format!(
            "unknown command {other:?}: use connect, go, hold or disconnect"
        )),
    }
}

/// Resolves a URL, and refuses what is not on this machine unless it is allowed.
///
/// # Errors
/// [`Error::Url`] and [`Error::NotLoopback`].
pub fn resolve(url: &str, allow_remote: bool) -> Result<Target, Error> {
    let target = Target::parse(url)?;
    if !allow_remote && !target.address.ip().is_loopback() {
        return Err(Error::NotLoopback(target.address));
    }
    Ok(target)
}

fn in_words(error: Error) -> String {
    error.to_string()
}

fn number(command: &str, text: &str) -> Result<u64, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("{command}: {text:?} is no whole number"))
}
