//! What is going on, on standard error: a bar on a terminal, plain lines
//! elsewhere.

use std::{
    io::{IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Without a terminal, no more than one line about trials in this time.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Says how far a run has come. It uses no colour, so there is nothing for
/// `NO_COLOR` to turn off.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    last_line: Option<Instant>,
}

impl Progress {
    /// On standard error, as it is.
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(style("{msg}"));
            bar
        });
        Self {
            bar,
            last_line: None,
        }
    }

    /// Trials begin, `done` of `total` being over.
    pub(crate) fn trials(&mut self, done: usize, total: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            bar.set_style(style("{bar:24}  {msg}"));
        }
    }

    /// A trial is over.
    pub(crate) fn trial_done(&mut self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// A line that stays.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => write_line(text),
        }
    }

    /// Something to be aware of; the run goes on.
    pub(crate) fn warn(&self, text: &str) {
        self.say(&format!("warning: {text}"));
    }

    /// What is being done now, of which there is much: it replaces what was
    /// there before.
    pub(crate) fn now(&mut self, text: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(text.to_owned());
                bar.tick();
            }
            None => {
                let due = self
                    .last_line
                    .is_none_or(|last| last.elapsed() >= LINE_EVERY);
                if due {
                    write_line(text);
                    self.last_line = Some(Instant::now());
                }
            }
        }
    }

    /// A step of which there are few: a line of its own without a terminal.
    pub(crate) fn step(&mut self, text: &str) {
        self.last_line = None;
        self.now(text);
    }

    /// Takes the bar away for good: what is said afterwards are plain lines.
    pub(crate) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants that the type accepts.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// When nobody can read it any more, the measurement goes on nevertheless.
fn write_line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A length of time for people: `45 s`, `12 min`, `1 h 5 min`.
pub(crate) fn in_words(ns: u64) -> String {
    let seconds = (ns + 500_000_000) / 1_000_000_000;
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=3_599 => {
            let (minutes, rest) = (seconds / 60, seconds % 60);
            if minutes < 10 {
                format!("{minutes} min {rest} s")
            } else {
                format!("{} min", (seconds + 30) / 60)
            }
        }
        _ => {
            let minutes = (seconds + 30) / 60;
            format!("{} h {} min", minutes / 60, minutes % 60)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        const S: u64 = 1_000_000_000;
        for (ns, text) in [
            (0, "0 s"),
            (S / 2, "1 s"),
            (99 * S, "99 s"),
            (150 * S, "2 min 30 s"),
            (600 * S, "10 min"),
            (929 * S, "15 min"),
            (3_599 * S, "60 min"),
            (3_900 * S, "1 h 5 min"),
        ] {
            assert_eq!(in_words(ns), text);
        }
    }
}
