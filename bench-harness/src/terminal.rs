//! What the program prints: results on standard output, errors on standard
//! error.

use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
};

use anyhow::Error;
use report::{Findings, TerminalOptions, terminal_summary};

use crate::{
    build::BuildError,
    exit::{Exit, Interrupted, UsageError},
};

/// Prints results. A reader that went away, such as `head`, is no error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Columns where nobody says how many there are.
const USUAL_WIDTH: usize = 100;

/// Columns to print in: as many as `COLUMNS` says, else as this terminal has.
pub(crate) fn width() -> usize {
    let wished = env::var("COLUMNS").ok();
    let wished = wished.and_then(|text| text.trim().parse().ok());
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    wished
        .filter(|columns| *columns > 0)
        .or_else(terminal)
        .unwrap_or(USUAL_WIDTH)
}

/// The summary of a run as this standard output can show it. Colour only on a
/// terminal, and never when `NO_COLOR` is set (no-color.org).
pub(crate) fn summary(findings: &Findings) -> String {
    let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let options = TerminalOptions {
        width: width(),
        colour: io::stdout().is_terminal() && !no_colour,
    };
    terminal_summary(findings, options)
}

/// Prints why the program ends, and says with which code.
pub(crate) fn fail(error: &Error) -> Exit {
    let exit = exit_of(error);
    // Nobody is left to be told when this fails.
    let _ = writeln!(io::stderr().lock(), "error: {error:#}");
    exit
}

fn exit_of(error: &Error) -> Exit {
    for cause in error.chain() {
        if cause.is::<UsageError>() {
            return Exit::Usage;
        }
        if cause.is::<Interrupted>()
            || matches!(
                cause.downcast_ref::<BuildError>(),
                Some(BuildError::Interrupted)
            )
        {
            return Exit::Interrupted;
        }
    }
    Exit::Failed
}

/// Rows as text in aligned columns; the first row is the head.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell: &String| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn codes_follow_the_cause() {
        let usage: Result<(), _> = Err(UsageError("what?".to_owned()));
        assert_eq!(exit_of(&usage.context("outer").unwrap_err()), Exit::Usage);
        let interrupted: Result<(), _> = Err(Interrupted);
        assert_eq!(
            exit_of(&interrupted.context("outer").unwrap_err()),
            Exit::Interrupted
        );
        assert_eq!(exit_of(&BuildError::Interrupted.into()), Exit::Interrupted);
        assert_eq!(exit_of(&Error::msg("disk full")), Exit::Failed);
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [["name", "age"], ["Zoë", "7"], ["Maximilian", "12"]]
            .map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            columns(&rows),
            "name        age\nZoë         7\nMaximilian  12\n"
        );
    }
}
