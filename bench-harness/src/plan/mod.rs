//! What a run is going to do: a pure function of seed, effort, scenarios and
//! entries.

mod applicable;
mod effort;
mod entries;
mod estimate;
mod order;
mod rounds;

pub(crate) use applicable::leave_out_inapplicable;
pub(crate) use effort::{effort_of, standard_blocks};
pub(crate) use entries::{Candidate, entries};
pub(crate) use estimate::{Estimate, blocks_within, calibration_ns, plan_ns};
pub(crate) use order::{cell_seed, make};
