//! `fairness`: docs/FAIRNESS.md, made from the contenders' manifests.

use ::report::{FairnessEntry, render_fairness};
use anyhow::{Result, bail};

use crate::{
    discover::Workspace,
    exit::Exit,
    files::{holds, put},
    interrupt::Interrupt,
    terminal::print,
};

/// Its place below the workspace.
const PAGE: &str = "docs/FAIRNESS.md";

/// Writes the page, or says whether it is stale.
pub(super) fn fairness(check: bool) -> Result<Exit> {
    let workspace = Workspace::find(&Interrupt::default())?;
    let entries: Vec<FairnessEntry> = workspace
        .contenders
        .iter()
        .map(|contender| FairnessEntry {
            name: contender.name.clone(),
            version: contender.version.clone(),
            facts: contender.facts.clone(),
        })
        .collect();
    let text = render_fairness(&entries);
    let path = workspace.root.join(PAGE);
    if holds(&path, &text) {
        print(&format!("{} is up to date.\n", path.display()))?;
        return Ok(Exit::Ok);
    }
    if check {
        bail!(
            "{PAGE} is not what the manifests in crates/contenders and crates/baselines say: \
             run `bench-harness fairness` and commit it"
        );
    }
    put(&path, &text)?;
    print(&format!("Written: {}.\n", path.display()))?;
    Ok(Exit::Ok)
}
