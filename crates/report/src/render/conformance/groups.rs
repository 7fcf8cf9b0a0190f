//! The groups of cases.

use record::CaseRecord;

/// In the order of their numbers, with their titles.
pub(super) const GROUPS: [(&str, &str); 11] = [
    ("1", "framing"),
    ("2", "ping and pong"),
    ("3", "reserved bits"),
    ("4", "reserved opcodes"),
    ("5", "fragments"),
    ("6", "UTF-8"),
    ("7", "closing"),
    ("9", "large messages"),
    ("10", "many fragments"),
    ("12", "compression"),
    ("13", "offers of compression"),
];

/// The number of a case's group.
pub(super) fn group_of(case: &CaseRecord) -> &str {
    case.id.split('.').next().unwrap_or_default()
}
