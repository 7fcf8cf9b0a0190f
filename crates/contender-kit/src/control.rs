//! The commands on standard input and their answers on standard output.

use std::{
    io::{self, BufRead as _, Write as _},
    process, thread,
};

use record::ContenderLine;

use crate::{
    Error,
    allocator::{ALLOCATOR, CountingAllocator, exclude_this_thread},
};

/// Commands are short; the kit's own thread needs no megabytes of stack.
const STACK_BYTES: usize = 128 * 1024;

/// Longer than any command.
const LINE_BYTES: usize = 256;

/// Answers commands on a thread of its own until standard input ends, then ends
/// the process: no server outlives who started it.
pub(crate) fn answer_commands() -> Result<(), Error> {
    thread::Builder::new()
        .name("control".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(|| {
            exclude_this_thread();
            process::exit(match answer_until_end() {
                Ok(()) => 0,
                Err(_) => 1,
            })
        })
        .map_err(Error::Runtime)?;
    Ok(())
}

fn answer_until_end() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut line = Vec::with_capacity(LINE_BYTES);
    while input.read_until(b'\n', &mut line)? > 0 {
        print(&answer(&String::from_utf8_lossy(&line), &ALLOCATOR))?;
        line.clear();
    }
    Ok(())
}

/// Prints one line of JSON and flushes it.
pub(crate) fn print(line: &ContenderLine) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    let mut output = io::stdout().lock();
    output.write_all(&text)?;
    output.flush()
}

fn answer(command: &str, allocator: &CountingAllocator) -> ContenderLine {
    match command.trim() {
        "count on" => {
            allocator.count_on();
            ContenderLine::Counting { on: true }
        }
        "count off" => {
            allocator.count_off();
            ContenderLine::Counting { on: false }
        }
        "stats" => ContenderLine::Stats(allocator.counts()),
        unknown => ContenderLine::Error {
            message: format!("unknown command {unknown:?}: use count on, count off or stats"),
        },
    }
}

#[cfg(test)]
mod tests {
    use record::ContenderLine;

    use super::answer;
    use crate::allocator::CountingAllocator;

    fn json(command: &str, allocator: &CountingAllocator) -> String {
        serde_json::to_string(&answer(command, allocator)).unwrap()
    }

    #[test]
    fn answers_are_those_of_the_contract() {
        let allocator = CountingAllocator::new();
        assert_eq!(
            json("count on\n", &allocator),
            r#"{"event":"counting","on":true}"#
        );
        assert_eq!(
            json("stats\n", &allocator),
            concat!(
                r#"{"event":"stats","allocations":0,"reallocations":0,"frees":0,"#,
                r#""allocated_bytes":0,"live_bytes":0,"peak_live_bytes":0}"#
            )
        );
        assert_eq!(
            json("count off\r\n", &allocator),
            r#"{"event":"counting","on":false}"#
        );
    }

    #[test]
    fn an_unknown_command_is_named() {
        let ContenderLine::Error { message } = answer("reset\n", &CountingAllocator::new()) else {
            panic!("not an error");
        };
        assert_eq!(
            message,
            "unknown command \"reset\": use count on, count off or stats"
        );
    }
}
