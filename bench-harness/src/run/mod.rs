//! Trials: one fresh server and one generator each, in the order of the plan.

mod allocations;
mod calibrate;
mod costs;
mod flaws;
mod idle;
mod kernel;
mod machine_use;
mod measure;
mod recorder;
mod schedule;
mod session;
mod trial;
mod turns;
mod validity;
mod window;

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod in_turns;
#[cfg(test)]
mod whole_run;

use std::{collections::BTreeMap, path::PathBuf};

pub(crate) use calibrate::{CALIBRATION, Ladder, calibrate};
pub(crate) use costs::WARM_UP_MESSAGES as COST_WARM_UP_MESSAGES;
pub(crate) use kernel::{Kernel, RealKernel};
pub(crate) use measure::{Finished, Portion, Watch, measure};
pub(crate) use recorder::{Recorder, RecorderError, read};
pub(crate) use schedule::{Due, Schedule};
pub(crate) use session::{STAGGER_BYTES, Session};

use crate::{
    clock::Clock,
    process::{Launcher, ServerProgram},
};

/// What every trial needs: the machine, and what to run on it.
pub(crate) struct Bench<'a> {
    /// Time.
    pub(crate) clock: &'a dyn Clock,
    /// What the kernel tells.
    pub(crate) kernel: &'a dyn Kernel,
    /// Starts programs.
    pub(crate) launcher: &'a dyn Launcher,
    /// Executable of each contender, by name.
    pub(crate) servers: BTreeMap<String, ServerProgram>,
    /// Executable of the load generator.
    pub(crate) generator: PathBuf,
    /// Processors for servers.
    pub(crate) server_cpus: Vec<u32>,
    /// Processors for the generator.
    pub(crate) client_cpus: Vec<u32>,
}
