//! Two runs side by side: what may be compared, what changed, and what may be
//! said about it. Pure: two [`Findings`](crate::Findings) in, a
//! [`RunComparison`] out, text from that.
//!
//! Two runs are two sessions of a machine that drifts, so absolute figures of
//! the two say little. What is compared is each row's ratio to a base of the
//! same run, block by block; the change is the difference of those
//! differences. `docs/METHODOLOGY.md` explains it for readers.

mod base;
mod cells;
mod change;
mod comparability;
mod difference;
mod exact;
mod facts;
mod history;
mod judge;
mod pick;
mod text;

pub use cells::compare;
pub use change::{
    AbsoluteChange, AllocationChange, AllocationQuantity, COMPARISON_VERSION, CellChange, Change,
    ChangeVerdict, Figure, MetricChange, NoVerdict, RowChange, RowKey, RunComparison, RunName,
    Tally, VerdictFilter,
};
pub use difference::{Difference, NotedDifference, Severity, Which};
pub use facts::{EffortFact, HostFact, ToolchainFact};
pub use history::{History, PastCount, PastFindings, PastRow, PastRun, PastState, Standing};
pub use pick::{CompareError, Pick};
pub use text::comparison_text;
