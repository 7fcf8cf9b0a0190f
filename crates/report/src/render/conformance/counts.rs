//! How many cases went how.

use record::{Behaviour, CaseRecord};

use super::words::is_flaky;

/// Counts over some cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) run: usize,
    pub(super) passed: usize,
    pub(super) non_strict: usize,
    pub(super) informational: usize,
    pub(super) closed_well: usize,
    pub(super) flaky: usize,
}

impl Counts {
    pub(super) fn of<'a>(cases: impl IntoIterator<Item = &'a CaseRecord>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            let behaviour = case.verdict.behaviour;
            counts.run += 1;
            counts.passed += usize::from(case.verdict.passed());
            counts.non_strict += usize::from(behaviour == Behaviour::NonStrict);
            counts.informational += usize::from(behaviour == Behaviour::Informational);
            counts.closed_well += usize::from(case.verdict.closed_well());
            counts.flaky += usize::from(is_flaky(case));
        }
        counts
    }
}

/// The groups of cases, in the order of their numbers, with their titles.
pub(super) const GROUPS: [(&str, &str); 9] = [
    ("1", "framing"),
    ("2", "ping and pong"),
    ("3", "reserved bits"),
    ("4", "reserved opcodes"),
    ("5", "fragments"),
    ("6", "UTF-8"),
    ("7", "closing"),
    ("9", "large messages"),
    ("10", "many fragments"),
];

/// The number of a case's group.
pub(super) fn group_of(case: &CaseRecord) -> &str {
    case.id.split('.').next().unwrap_or_default()
}
