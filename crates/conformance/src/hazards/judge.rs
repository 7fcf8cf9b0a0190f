//! The grade of a probe: a pure function of what was wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Fault, Severity, Whose};

/// How a server did in a probe. The worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// The server has nothing of what the probe is about.
    DoesNotApply,
    /// It did what a good server does.
    Pass,
    /// It survived, and has no bound of its own where setting one is the job of
    /// who writes a server with the library.
    Author,
    /// It survived, and broke a rule.
    Weak,
    /// It did not survive: it ended, panicked, grew past the bound, starved an
    /// innocent client, or did not recover.
    Fail,
}

impl Grade {
    /// Whether the server survived.
    #[must_use]
    pub fn survived(self) -> bool {
        matches!(self, Self::Pass | Self::Author | Self::Weak)
    }

    /// Whether the probe applied to the server.
    #[must_use]
    pub fn applies(self) -> bool {
        self != Self::DoesNotApply
    }
}

/// Grades a probe that applies.
pub(super) fn grade(whose: Whose, faults: &[Fault]) -> Grade {
    faults
        .iter()
        .map(|fault| match fault.severity() {
            Severity::Fatal => Grade::Fail,
            Severity::Rule if whose == Whose::Author && fault.is_patience() => Grade::Author,
            Severity::Rule => Grade::Weak,
        })
        .max()
        .unwrap_or(Grade::Pass)
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DoesNotApply => "does not apply",
            Self::Pass => "pass",
            Self::Author => "left to the author",
            Self::Weak => "weak",
            Self::Fail => "fail",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_fault_decides() {
        let open = Fault::StillOpen { waited_ns: 1 };
        let grew = Fault::Grew {
            growth_bytes: 2,
            bound_bytes: 1,
        };
        for (whose, faults, wanted) in [
            (Whose::Library, vec![], Grade::Pass),
            (Whose::Library, vec![open.clone()], Grade::Weak),
            (Whose::Both, vec![open.clone()], Grade::Weak),
            (Whose::Author, vec![open.clone()], Grade::Author),
            (
                Whose::Author,
                vec![open.clone(), Fault::Echoed],
                Grade::Weak,
            ),
            (Whose::Author, vec![open, grew], Grade::Fail),
        ] {
            assert_eq!(grade(whose, &faults), wanted, "{whose} {faults:?}");
        }
        assert!(Grade::Author.survived() && Grade::Weak.survived());
        assert!(!Grade::Fail.survived() && !Grade::DoesNotApply.applies());
    }
}
