//! `hazards`: a URL on this machine, or contenders of the workspace.

use anyhow::Result;

use super::Setup;
use crate::{
    build::Peers,
    cli::Options,
    conformance::{Bench, take_part},
    exit::{Exit, UsageError},
    hazards::{Call, HazardOptions},
    interrupt::Interrupt,
    progress::Progress,
};

/// Where the project's own reports stand.
const PUBLISHED: &str = "results/hazards";

/// Makes the probes.
pub(super) fn hazards(
    options: &Options,
    flags: &HazardOptions,
    interrupt: Interrupt,
) -> Result<Exit> {
    let ending = interrupt.clone();
    let call = Call {
        options: flags,
        seed: options.seed.unwrap_or(1),
        output: options.output.as_deref(),
        interrupt: &ending,
    };
    // Somebody's own server needs no workspace.
    if let Some(exit) = call.url(&mut Progress::new())? {
        return Ok(exit);
    }
    let mut setup = Setup::new(options, interrupt)?;
    let contenders = std::mem::take(&mut setup.contenders);
    let contenders = take_part(contenders, &options.contender, options.no_baselines);
    if contenders.is_empty() {
        let message = "none of these contenders speaks WebSocket; see `list`";
        return Err(UsageError(message.to_owned()).into());
    }
    let bench = Bench {
        cargo: &setup.cargo,
        go: &setup.go,
        peers: &Peers::new(&setup.workspace.target, setup.interrupt.clone()),
        server_cpus: &setup.processors.server,
        contenders,
        variants: options.variant.clone(),
    };
    let published = setup.workspace.root.join(PUBLISHED);
    call.contenders(bench, &published, &mut setup.progress)
}
