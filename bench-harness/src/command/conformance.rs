//! `conformance`: a URL, or contenders of the workspace.

use anyhow::Result;

use super::tested;
use crate::{cli::Options, conformance::ConformanceOptions, exit::Exit, interrupt::Interrupt};

/// Where the project's own reports stand.
pub(super) const PUBLISHED: &str = "results/conformance";

/// Runs the cases.
pub(super) fn conformance(
    options: &Options,
    flags: &ConformanceOptions,
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
