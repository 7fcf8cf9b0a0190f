//! All probes against one server.

use record::{CutShort, TestedServer};
use serde::{Deserialize, Serialize};

use super::{Bounds, Fault, Grade, ProbeRecord, Severity};

/// What one server did under hostile input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HazardReport {
    /// [`HAZARDS_VERSION`](super::HAZARDS_VERSION) of the writer.
    pub schema_version: u32,
    /// Name of the contender, or the URL of the server.
    pub name: String,
    /// What was tested.
    pub server: TestedServer,
    /// When it began, in seconds since 1970 (UTC).
    pub started_unix_s: u64,
    /// How long the whole took.
    pub elapsed_ns: u64,
    /// The bounds in force.
    pub bounds: Bounds,
    /// Why probes that were asked for are missing, when some are.
    pub cut_short: Option<CutShort>,
    /// The probes, in the order of the catalogue.
    pub probes: Vec<ProbeRecord>,
}

impl HazardReport {
    /// Whether it may be published: not while it shows that the server did not
    /// survive a probe in a way that nobody has made public yet. That goes to
    /// the maintainers first. To leave out the probe alone would make a table
    /// say that the server survived all of them.
    #[must_use]
    pub fn is_publishable(&self) -> bool {
        !self.probes.iter().any(ProbeRecord::is_confidential)
    }
}

impl ProbeRecord {
    /// Whether all that was fatal is that an innocent client waited too long,
    /// which a busy machine may have caused as well.
    #[must_use]
    pub fn may_be_the_machine_s(&self) -> bool {
        let mut fatal = self
            .faults
            .iter()
            .filter(|it| it.severity() == Severity::Fatal);
        self.grade == Grade::Fail && fatal.all(|it| matches!(it, Fault::Starved { .. }))
    }

    /// Whether it shows a failure that is not public knowledge.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.grade == Grade::Fail && self.public_source.is_none()
    }
}
