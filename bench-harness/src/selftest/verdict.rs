//! What came of a claim.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Claim;

/// Whether a claim held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// What was seen is what was expected.
    Held,
    /// It is not.
    NotHeld,
    /// The machine disturbed the trial, so that nothing was proven.
    Undecided,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Held => "held",
            Self::NotHeld => "NOT HELD",
            Self::Undecided => "NOT HELD (undecided)",
        })
    }
}

/// One row of a comparison, as the analysis gave it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Compared {
    /// `better`, `worse`, `tied` or `unknown`.
    pub(crate) verdict: String,
    /// CPU time per message over that of the reference.
    pub(crate) ratio: f64,
    /// Lower end of its interval.
    pub(crate) lower: f64,
    /// Upper end of its interval.
    pub(crate) upper: f64,
    /// Noise floor, in per cent; absent without a valid twin.
    pub(crate) floor_percent: Option<f64>,
    /// Blocks behind it.
    pub(crate) blocks: usize,
}

/// What a server's truth demands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Expected {
    /// A tie with the reference.
    Tie,
    /// Worse than the reference, by a ratio in this range.
    Worse {
        /// Its lower end.
        lower: f64,
        /// Its upper end.
        upper: f64,
    },
    /// A number of messages.
    Messages {
        /// At least.
        lower: f64,
        /// At most.
        upper: f64,
    },
    /// A time.
    TimeNs {
        /// At least.
        lower: f64,
        /// At most.
        upper: f64,
    },
    /// A count for each echo, the same every time.
    Allocations {
        /// Allocations.
        allocations: u64,
        /// Bytes of all of them.
        bytes: u64,
    },
    /// A flaw by this name, and no figure in any table.
    Flaw {
        /// Its name.
        name: String,
    },
    /// No flaw, and figures; the peculiarity shows in the record.
    NoFlaw,
}

/// What the record and the analysis say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Seen {
    /// A comparison with the reference.
    Compared(Compared),
    /// A number of messages.
    Messages {
        /// How many.
        count: f64,
    },
    /// A time.
    TimeNs {
        /// How long.
        ns: f64,
    },
    /// Counts for each echo.
    Allocations {
        /// Per size of message: allocations and bytes as far as they are known,
        /// and whether every count agreed.
        steps: Vec<(Option<f64>, Option<f64>, bool)>,
    },
    /// Flaws on record, and whether any table has a figure of the server.
    Flaws {
        /// Their texts.
        flaws: Vec<String>,
        /// Whether there is a figure.
        published: bool,
    },
    /// Nothing that could be judged.
    Nothing {
        /// Why.
        reason: String,
    },
}

/// One thing that was expected, and what was seen instead or indeed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Verdict {
    /// The claim that it belongs to.
    pub(crate) claim: Claim,
    /// The server, or the quantity.
    pub(crate) subject: String,
    /// What the truth demands.
    pub(crate) expected: Expected,
    /// What the tool says.
    pub(crate) seen: Seen,
    /// Whether that is the same.
    pub(crate) outcome: Outcome,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, ratio {:.3} [{:.3}, {:.3}]",
            self.verdict, self.ratio, self.lower, self.upper
        )?;
        match self.floor_percent {
            Some(floor) => write!(f, ", noise floor {floor:.1} %, {} blocks", self.blocks),
            None => write!(f, ", no noise floor, {} blocks", self.blocks),
        }
    }
}

fn ms(ns: f64) -> f64 {
    ns / 1e6
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tie => f.write_str("tied"),
            Self::Worse { lower, upper } => {
                write!(f, "worse, by a ratio of {lower:.2} to {upper:.2}")
            }
            Self::Messages { lower, upper } => write!(f, "{lower:.0} to {upper:.0} messages"),
            Self::TimeNs { lower, upper } => write!(f, "{:.1} to {:.1} ms", ms(*lower), ms(*upper)),
            Self::Allocations { allocations, bytes } => {
                write!(f, "exactly {allocations} of {bytes} bytes together")
            }
            Self::Flaw { name } => write!(f, "{name}, and no number"),
            Self::NoFlaw => f.write_str("no flaw, and numbers"),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compared(compared) => compared.fmt(f),
            Self::Messages { count } => write!(f, "{count:.0} messages"),
            Self::TimeNs { ns } => write!(f, "{:.1} ms", ms(*ns)),
            Self::Allocations { steps } => {
                for (index, (allocations, bytes, exact)) in steps.iter().enumerate() {
                    let comma = if index > 0 { "; " } else { "" };
                    let exactly = if *exact { "exactly" } else { "about" };
                    let number = |count: &Option<f64>| {
                        count.map_or_else(|| "?".to_owned(), |count| count.to_string())
                    };
                    let (allocations, bytes) = (number(allocations), number(bytes));
                    write!(
                        f,
                        "{comma}{exactly} {allocations} of {bytes} bytes together"
                    )?;
                }
                Ok(())
            }
            Self::Flaws { flaws, published } => {
                let numbers = if *published { "numbers" } else { "no number" };
                match flaws.as_slice() {
                    [] => write!(f, "no flaw, {numbers}"),
                    flaws => write!(f, "{}; {numbers}", flaws.join("; ")),
                }
            }
            Self::Nothing { reason } => write!(f, "nothing to judge by: {reason}"),
        }
    }
}
