//! Figures of a cell of exact costs.

use record::CostKind;
use schemars::JsonSchema;
use serde::Serialize;

/// Counts that differ by less than this share of their median are steady.
const STEADY: f64 = 0.005;

/// What a message of one size costs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CostFigure {
    /// Payload size.
    pub size_bytes: u64,
    /// Per message: the median over the valid trials.
    pub per_message: f64,
    /// The smallest over the valid trials.
    pub lowest: f64,
    /// The largest over the valid trials.
    pub highest: f64,
    /// The same by name, medians, the largest first; those below 0.02 per
    /// message are left out.
    pub by_name: Vec<(String, f64)>,
}

impl CostFigure {
    /// Half of the range over the median, in per cent.
    #[must_use]
    pub fn spread_percent(&self) -> f64 {
        if self.per_message == 0.0 {
            return 0.0;
        }
        100.0 * (self.highest - self.lowest) / 2.0 / self.per_message.abs()
    }

    /// Whether all trials say the same to within ±0.5 %.
    #[must_use]
    pub fn is_steady(&self) -> bool {
        self.spread_percent() <= 100.0 * STEADY
    }
}

/// Figures of a cell of exact costs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CostDetail {
    /// What was counted.
    pub counted: CostKind,
    /// The tool's version.
    pub tool: String,
    /// One per payload size.
    pub figures: Vec<CostFigure>,
}
