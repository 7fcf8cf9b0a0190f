//! What `conformance` and `hazards` have in common: they test a server at a URL,
//! or contenders of the workspace.

use std::path::Path;

use anyhow::Result;

use super::Setup;
use crate::{
    build::Peers,
    cli::Options,
    exit::{Exit, UsageError},
    interrupt::Interrupt,
    progress::Progress,
    tested::{Bench, Call, take_part},
};

/// Tests what the command line asks for. `published` is where the project's own
/// reports stand.
pub(super) fn run<F>(
    options: &Options,
    flags: &F,
    interrupt: Interrupt,
    published: &str,
    url: impl FnOnce(&Call<'_, F>, &mut Progress) -> Result<Option<Exit>>,
    contenders: impl FnOnce(&Call<'_, F>, &Bench<'_>, &Path, &mut Progress) -> Result<Exit>,
) -> Result<Exit> {
    let ending = interrupt.clone();
    let call = Call {
        options: flags,
        seed: options.seed.unwrap_or(1),
        output: options.output.as_deref(),
        interrupt: &ending,
    };
    // Somebody's own server needs no workspace.
    if let Some(exit) = url(&call, &mut Progress::new())? {
        return Ok(exit);
    }
    let mut setup = Setup::new(options, interrupt)?;
    let all = std::mem::take(&mut setup.contenders);
    let all = take_part(all, &options.contender, options.no_baselines);
    if all.is_empty() {
        let message = "none of these contenders speaks WebSocket; see `list`";
        return Err(UsageError(message.to_owned()).into());
    }
    let bench = Bench {
        cargo: &setup.cargo,
        go: &setup.go,
        peers: &Peers::new(&setup.workspace.target, setup.interrupt.clone()),
        server_cpus: &setup.processors.server,
        contenders: all,
        variants: options.variant.clone(),
    };
    let published = setup.workspace.root.join(published);
    contenders(&call, &bench, &published, &mut setup.progress)
}
