//! Servers under their floor.

use schemars::JsonSchema;
use serde::Serialize;

/// Pairs of a server and a baseline that does a part of its work, over all echo
/// cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BaselinePairs {
    /// Pairs in the plan.
    pub planned: usize,
    /// Of those, the ones that could be compared: blocks enough for an interval
    /// on both sides, and a noise floor.
    pub compared: usize,
}

/// A server that used less CPU time per message than a baseline that does a
/// part of its work, beyond the spread of both.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Exception {
    /// The cell.
    pub cell: String,
    /// The server, a position among the entries.
    pub entry: usize,
    /// The baseline that should be cheaper, a position among the entries.
    pub baseline: usize,
    /// The server's median.
    pub entry_ns: f64,
    /// The baseline's median.
    pub baseline_ns: f64,
    /// The server's user time less the baseline's, per message.
    pub user_difference_ns: Option<f64>,
    /// The server's kernel time less the baseline's, per message.
    pub kernel_difference_ns: Option<f64>,
    /// The server's voluntary context switches per message.
    pub entry_switches_per_message: Option<f64>,
    /// The baseline's.
    pub baseline_switches_per_message: Option<f64>,
}
