//! `hazards`: a URL on this machine, or contenders of the workspace.

use anyhow::Result;

use super::tested;
use crate::{cli::Options, exit::Exit, hazards::HazardOptions, interrupt::Interrupt};

/// Where the project's own reports stand.
pub(super) const PUBLISHED: &str = "results/hazards";

/// Makes the probes.
pub(super) fn hazards(
    options: &Options,
    flags: &HazardOptions,
    interrupt: Interrupt,
) -> Result<Exit> {
    tested::run(
        options,
        flags,
        interrupt,
        PUBLISHED,
        |call, progress| call.url(progress),
        |call, bench, published, progress| call.contenders(bench, published, progress),
    )
}
