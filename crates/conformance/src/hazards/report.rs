//! All probes against one server.

use std::fmt;

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
    /// When it began, in seconds since 1970 (UTC); only the day where the probes
    /// are withheld.
    pub started_unix_s: u64,
    /// How long the whole took; 0 where the probes are withheld.
    pub elapsed_ns: u64,
    /// The bounds in force.
    pub bounds: Bounds,
    /// Why probes that were asked for are missing, when some are.
    pub cut_short: Option<CutShort>,
    /// The probes, in the order of the catalogue; none where they are withheld.
    pub probes: Vec<ProbeRecord>,
    /// How many it survived, in the place of probes that are withheld: those of a
    /// server that did not survive one in a way that is not public knowledge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Survival>,
}

/// How many probes a server survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Survival {
    /// Probes that it survived.
    pub survived: usize,
    /// Probes that apply to it.
    pub applicable: usize,
}

impl fmt::Display for Survival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.survived, self.applicable)
    }
}

impl HazardReport {
    /// How many probes it survived, of those that apply to it.
    #[must_use]
    pub fn survival(&self) -> Survival {
        self.withheld.unwrap_or_else(|| {
            let count = |is_counted: fn(Grade) -> bool| {
                let counted = self.probes.iter().filter(|it| is_counted(it.grade));
                counted.count()
            };
            let applicable = count(|grade| grade != Grade::DoesNotApply);
            Survival {
                survived: applicable - count(|grade| grade == Grade::Fail),
                applicable,
            }
        })
    }

    /// Whether it may be published as it is: not while it shows that the server
    /// did not survive a probe in a way that nobody has made public yet. That
    /// goes to the maintainers first. Nor with probes that it says it withholds.
    #[must_use]
    pub fn is_publishable(&self) -> bool {
        let is_told = self.withheld.is_none() || self.probes.is_empty();
        is_told && !self.probes.iter().any(ProbeRecord::is_confidential)
    }

    /// What of it may be published: all, or how many probes were survived and no
    /// more. One who knows the outcome of all others knows which one is left, and
    /// times tell a crash from a wait. `None` where it was cut short: the count
    /// would say how far it came.
    #[must_use]
    pub fn for_publication(&self) -> Option<Self> {
        const DAY_S: u64 = 24 * 60 * 60;
        if self.is_publishable() {
            return Some(self.clone());
        }
        self.cut_short.is_none().then(|| Self {
            probes: Vec::new(),
            withheld: Some(self.survival()),
            started_unix_s: self.started_unix_s / DAY_S * DAY_S,
            elapsed_ns: 0,
            ..self.clone()
        })
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
