//! Whether a run's tables are of the versions that the checkout has now.

use std::fmt;

use record::{BuildOutcome, BuiltContender};

use crate::text::{escaped, wrapped};

/// A contender as the checkout has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedContender {
    /// Its name.
    pub name: String,
    /// The version of its library.
    pub version: String,
    /// The file that pins it, such as `Cargo.lock`.
    pub pinned_in: &'static str,
    /// Whether a run of everything takes it in.
    pub is_usual: bool,
}

/// A contender of which the checkout has another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outdated {
    /// Its name.
    pub name: String,
    /// The version that was measured.
    pub measured: String,
    /// The version that the checkout has.
    pub pinned: String,
    /// The file that pins it.
    pub pinned_in: &'static str,
}

impl fmt::Display for Outdated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: the tables have version {}, {} has {}",
            self.name, self.measured, self.pinned_in, self.pinned
        )
    }
}

/// In what a run and the checkout differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staleness {
    /// Contenders of which the checkout has another version.
    pub outdated: Vec<Outdated>,
    /// Contenders that the checkout no longer has.
    pub gone: Vec<String>,
    /// Contenders that the run does not have. They make no table untrue, and
    /// who adds one need not have the machine of the published run.
    pub joined: Vec<String>,
}

impl Staleness {
    /// Holds what a run built against what the checkout has.
    #[must_use]
    pub fn of(run: &[BuiltContender], checkout: &[PinnedContender]) -> Self {
        let mut found = Self::default();
        for pinned in checkout {
            match run.iter().find(|then| then.name == pinned.name) {
                Some(then) if then.version != pinned.version => found.outdated.push(Outdated {
                    name: pinned.name.clone(),
                    measured: then.version.clone(),
                    pinned: pinned.version.clone(),
                    pinned_in: pinned.pinned_in,
                }),
                None if pinned.is_usual => found.joined.push(pinned.name.clone()),
                Some(_) | None => {}
            }
        }
        for then in run {
            // What was given on the command line never was in the checkout.
            let was_given = matches!(then.build, BuildOutcome::Given { .. });
            if !was_given && !checkout.iter().any(|pinned| pinned.name == then.name) {
                found.gone.push(then.name.clone());
            }
        }
        found
    }

    /// Whether a table of the run says what is not so any more.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        !self.outdated.is_empty() || !self.gone.is_empty()
    }

    /// What makes the tables stale, a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let gone = |name: &String| format!("{name} is in the tables, but gone");
        let outdated = self.outdated.iter().map(ToString::to_string);
        outdated.chain(self.gone.iter().map(gone)).collect()
    }

    /// The same for a terminal, in lines of at most `width` characters; empty
    /// for tables that are up to date.
    #[must_use]
    pub fn terminal_text(&self, width: usize) -> String {
        let Some(sentence) = self.sentence(str::to_owned) else {
            return String::new();
        };
        let mut text = wrapped(&sentence, width, 2).join("\n");
        text.push('\n');
        text.replace(|c: char| c.is_control() && c != '\n', " ")
    }

    /// The same for a Markdown page.
    pub(crate) fn markdown(&self) -> Option<String> {
        let sentence = self.sentence(escaped)?;
        let (what, how) = sentence.split_once(": ")?;
        Some(format!("**{what}**: {how}"))
    }

    fn sentence(&self, name: fn(&str) -> String) -> Option<String> {
        if !self.is_stale() {
            return None;
        }
        let outdated = self.outdated.iter().map(|it| {
            format!(
                "{} {} was measured, {} has {}",
                name(&it.name),
                name(&it.measured),
                it.pinned_in,
                name(&it.pinned)
            )
        });
        let gone = self.gone.iter().map(|it| format!("{} is gone", name(it)));
        let all: Vec<String> = outdated.chain(gone).collect();
        Some(format!(
            "Older than this checkout: {}. The next run of everything measures what is there now.",
            all.join("; ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned(name: &str, version: &str) -> PinnedContender {
        PinnedContender {
            name: name.to_owned(),
            version: version.to_owned(),
            pinned_in: "Cargo.lock",
            is_usual: true,
        }
    }

    fn outdated() -> Staleness {
        Staleness {
            outdated: vec![Outdated {
                name: "a_b".to_owned(),
                measured: "1.0.0".to_owned(),
                pinned: "1.1.0".to_owned(),
                pinned_in: "go.mod",
            }],
            gone: vec!["c".to_owned()],
            joined: vec!["d".to_owned()],
        }
    }

    #[test]
    fn who_joined_makes_nothing_stale() {
        let mut peer = pinned("peer", "1.0.0");
        peer.is_usual = false;
        let found = Staleness::of(&[], &[pinned("new", "1.0.0"), peer]);
        assert_eq!(found.joined, ["new"]);
        assert!(!found.is_stale());
        assert_eq!(found.markdown(), None);
        assert_eq!(found.terminal_text(80), "");
    }

    #[test]
    fn each_is_named_with_both_versions() {
        let found = outdated();
        assert_eq!(
            found.lines(),
            [
                "a_b: the tables have version 1.0.0, go.mod has 1.1.0",
                "c is in the tables, but gone"
            ]
        );
        assert_eq!(
            found.markdown().as_deref(),
            Some(
                "**Older than this checkout**: a\\_b 1.0.0 was measured, go.mod has 1.1.0; c is \
                 gone. The next run of everything measures what is there now."
            )
        );
        let text = found.terminal_text(40);
        assert!(
            text.lines().all(|line| line.chars().count() <= 40),
            "{text}"
        );
        assert!(text.contains("a_b 1.0.0"), "{text}");
    }
}
