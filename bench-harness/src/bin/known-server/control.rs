//! The commands of the contender contract.

use std::io::{self, BufRead, Write};

use contender_kit::counting;
use record::ContenderLine;

/// Answers commands until the end of `input`. What this thread allocates is not
/// counted: a question must not change its answer.
pub(crate) fn answer(input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    counting::exclude_this_thread();
    for line in input.lines() {
        let answer = match line?.as_str() {
            "count on" => {
                counting::on();
                ContenderLine::Counting { on: true }
            }
            "count off" => {
                counting::off();
                ContenderLine::Counting { on: false }
            }
            "stats" => ContenderLine::Stats(counting::counts()),
            other => ContenderLine::Error {
                message: format!("unknown command {other:?}"),
            },
        };
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}
