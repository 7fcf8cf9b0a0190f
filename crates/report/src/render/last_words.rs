//! What a program said before it ended, in one line: records keep several.

/// The longest line that is shown.
const SHOWN: usize = 120;

/// The longest text that is shown whole.
const SHORT: usize = 160;

/// Stands before what a server said at its end.
const EXITED: &str = "exited during the trial (";

/// The text of a flaw in one line. A long one, or a stack, becomes what failed,
/// the last line with a meaning of what was said about it, and where the rest is.
pub(super) fn in_one_line(text: &str) -> String {
    let text = text.trim_end();
    let Some((first, rest)) = text.split_once(['\n', '\r']) else {
        return text.to_owned();
    };
    let (what, begun) = what_failed(first);
    let lines: Vec<Line<'_>> = begun
        .into_iter()
        .chain(rest.lines())
        .filter_map(Line::of)
        .collect();
    if text.len() <= SHORT && !lines.iter().any(|line| line.has_prefix) {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    match last_words(&lines) {
        Some(last) => format!("{what}; its last words: {last} (more in run.ndjson)"),
        None => format!("{what} (more in run.ndjson)"),
    }
}

/// The failure, and what of the program's own words stands in the same line.
fn what_failed(first: &str) -> (&str, Option<&str>) {
    let said = first.find(EXITED).and_then(|at| {
        let status = at + EXITED.len();
        Some(status + first.get(status..)?.find("): ")? + 1)
    });
    match said.and_then(|at| first.split_at_checked(at)) {
        Some((what, said)) => (what, Some(said.trim_start_matches(": "))),
        None => (first.trim_end(), None),
    }
}

/// The last line that is no frame of a stack; where all are, the last frame that
/// isn't cut off. The first line may be the end of one, and counts as a frame
/// where others follow.
fn last_words(lines: &[Line<'_>]) -> Option<String> {
    let has_frames = lines.iter().any(|line| line.is_frame);
    let mut words = lines.iter().skip(usize::from(has_frames));
    let last = words
        .rfind(|line| !line.is_frame)
        .or_else(|| lines.iter().rfind(|line| line.text.ends_with(')')))
        .or_else(|| lines.last())?;
    let mut shown: String = last.text.chars().take(SHOWN).collect();
    if shown.len() < last.text.len() {
        shown.push('…');
    }
    Some(shown)
}

/// A line without what a tool puts before it.
struct Line<'a> {
    text: &'a str,
    has_prefix: bool,
    is_frame: bool,
}

impl<'a> Line<'a> {
    /// `None` for what says nothing.
    fn of(line: &'a str) -> Option<Self> {
        let line = line.trim();
        let text = without_process(line);
        if text.starts_with("note: ") || !text.contains(char::is_alphabetic) {
            return None;
        }
        let frame = ["at 0x", "by 0x"]
            .iter()
            .find_map(|start| text.strip_prefix(start)?.split_once(": "));
        Some(Self {
            text: frame.map_or(text, |(_, function)| function),
            has_prefix: text.len() < line.len(),
            is_frame: frame.is_some(),
        })
    }
}

/// valgrind writes `==PID==` or `--PID--` before its lines, strace `[pid PID]`.
fn without_process(line: &str) -> &str {
    let start = ["==", "--", "[pid "]
        .iter()
        .find_map(|start| line.strip_prefix(start));
    let Some(start) = start.map(str::trim_start) else {
        return line;
    };
    let end = start.trim_start_matches(|c: char| c.is_ascii_digit());
    match end.len() < start.len() {
        true => end.trim_start_matches(['=', '-', ']', ' ']),
        false => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_stays_as_it_is() {
        for text in [
            "",
            "sent late: 3 µs",
            "exited during the trial (signal 9): killed",
        ] {
            assert_eq!(in_one_line(text), text);
        }
    }

    /// As valgrind wrote it under a server in Go, cut at both ends.
    #[test]
    fn of_a_stack_its_last_whole_frame_is_shown() {
        let text = "does not run under valgrind: exited during the trial (exit code 1): l6 \
                    (syscall_linux.go:65)\n\
                    ==27079==    by 0x49B925: syscall.Syscall (syscall_linux.go:87)\n\
                    ==27079==    by 0x4C783C: internal/poll.(*FD).Read (syscall_unix.go:183)\n\
                    ==27079==    by 0x4CC2EE: os.(";
        assert_eq!(
            in_one_line(text),
            "does not run under valgrind: exited during the trial (exit code 1); its last words: \
             internal/poll.(*FD).Read (syscall_unix.go:183) (more in run.ndjson)"
        );
        let cut = "exited during the trial (exit code 1): sleep (lock_futex.go:47)\n\
                   ==27112==    by 0x455F64: runtime.park_m (proc.go:4304)\n==271";
        assert!(in_one_line(cut).contains("words: runtime.park_m (proc.go:4304) ("));
    }

    #[test]
    fn a_sentence_goes_before_frames_and_advice() {
        let valgrind = "exited during the trial (signal 4): ==7== Process terminating with default \
                        action of signal 4 (SIGILL)\n\
                        ==7== Illegal opcode at address 0x1\n\
                        ==7==    at 0x10: main (main.rs:3)";
        assert_eq!(
            in_one_line(valgrind),
            "exited during the trial (signal 4); its last words: Illegal opcode at address 0x1 \
             (more in run.ndjson)"
        );
        let strace = "does not run under strace: its counts can't be read\n\
                      [pid  12] +++ exited with 1 +++\n";
        assert!(in_one_line(strace).contains("words: +++ exited with 1 +++ ("));
        let panic = format!(
            "exited during the trial (exit code 101): thread 'main' panicked at {}:1:1:\n\
             no memory\nnote: run with `RUST_BACKTRACE=1`",
            "m/".repeat(80)
        );
        assert!(in_one_line(&panic).contains("words: no memory (more"));
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        let panic =
            "exited during the trial (signal 6): thread 'main' panicked at m.rs:1:\nno index";
        assert_eq!(in_one_line(panic), panic.replace('\n', " "));
    }

    #[test]
    fn long_lines_are_cut_and_empty_ones_passed_over() {
        let text = format!("control channel: no\n{}\n\n==3==\n", "ü".repeat(200));
        let shown = in_one_line(&text);
        assert!(
            shown.contains(&format!("{}… (more", "ü".repeat(120))),
            "{shown}"
        );
        assert_eq!(in_one_line("bad\n\n"), "bad");
        let long = "bad ".repeat(50);
        let shown = in_one_line(&format!("{long}\n==1==\n \n=="));
        assert_eq!(shown, format!("{} (more in run.ndjson)", long.trim_end()));
    }
}
