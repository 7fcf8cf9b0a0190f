//! The commands of the contender contract.

use std::io::{self, BufRead, Write};

use record::{AllocationCounts, ContenderLine};

/// Answers commands until the end of `input`.
pub(crate) fn answer(input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    for line in input.lines() {
        let answer = match line?.as_str() {
            "count on" => ContenderLine::Counting { on: true },
            "count off" => ContenderLine::Counting { on: false },
            // It has no counting allocator, and says so by leaving all out.
            "stats" => ContenderLine::Stats(AllocationCounts::default()),
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
