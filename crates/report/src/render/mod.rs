//! From findings to text: pure, byte for byte the same for the same findings.

mod about;
mod allocations;
mod beside;
pub(crate) mod calls;
mod cells;
mod conformance;
mod costs;
mod cpu;
mod csv_files;
mod facts;
mod fairness;
pub(crate) mod footer;
mod handshakes;
mod hazards;
pub(crate) mod headline;
mod history;
mod last_words;
mod latency;
mod legend;
mod memory;
mod narrow;
mod page;
mod reading;
mod sanity;
pub(crate) mod sections;
mod splice;
mod spreads;
mod summary;
mod terminal;
mod tested;
mod throughput;
pub(crate) mod words;

pub use conformance::{
    AgainstError, AgainstSuite, against_suite, conformance_summary, render_conformance,
};
pub use facts::render_facts;
pub use fairness::{FairnessEntry, render_fairness};
pub use hazards::{hazards_summary, render_hazards};
pub(crate) use page::{Block, Page};
pub use splice::{BEGIN, END, SpliceError, splice};
pub use terminal::{TerminalOptions, terminal_summary};
pub use tested::{ReportFileError, TestedFile, read_admission, read_conformance, read_hazards};

use record::CostKind;

use crate::{compare::History, findings::Findings, plot, staleness::Staleness};

/// A file of a result folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// Its name inside the folder.
    pub name: &'static str,
    /// Its whole text.
    pub text: String,
}

/// Every file that is made from findings: `README.md`, a page and a CSV per
/// topic, `findings.json`, and as `plots/…svg` the plots that the pages show.
///
/// # Errors
/// When the findings can't be written as JSON, which no findings of
/// [`analyse`](crate::analyse) cause.
pub fn render_folder(findings: &Findings) -> Result<Vec<RenderedFile>, serde_json::Error> {
    let mut json = serde_json::to_string(findings)?;
    json.push('\n');
    let files = [
        ("README.md", summary::folder_page(findings)),
        ("cpu.md", cpu::page(findings).into_text()),
        ("throughput.md", throughput::page(findings).into_text()),
        ("latency.md", latency::page(findings).into_text()),
        ("memory.md", memory::page(findings).into_text()),
        ("allocations.md", allocations::page(findings).into_text()),
        ("handshakes.md", handshakes::page(findings).into_text()),
        ("cpu.csv", csv_files::cpu(findings)),
        ("throughput.csv", csv_files::throughput(findings)),
        ("latency.csv", csv_files::latency(findings)),
        ("memory.csv", csv_files::memory(findings)),
        ("allocations.csv", csv_files::allocations(findings)),
        ("handshakes.csv", csv_files::handshakes(findings)),
        ("findings.json", json),
    ];
    // Only where they were counted: runs of before have no such cells.
    let counted = [
        (
            "system-calls.md",
            costs::page(findings, CostKind::SystemCalls).map(Page::into_text),
        ),
        (
            "system-calls.csv",
            costs::csv(findings, CostKind::SystemCalls),
        ),
        (
            "instructions.md",
            costs::page(findings, CostKind::Instructions).map(Page::into_text),
        ),
        (
            "instructions.csv",
            costs::csv(findings, CostKind::Instructions),
        ),
    ];
    let counted = counted
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?)));
    Ok(files
        .into_iter()
        .chain(counted)
        .map(|(name, text)| RenderedFile { name, text })
        .chain(plot::files(findings))
        .collect())
}

/// The first table for the project's README. `folder` is the path from there to
/// the result folder, such as `results/2026-11-20-host`; `staleness` says what of
/// the run is not so any more.
#[must_use]
pub fn readme_section(findings: &Findings, folder: &str, staleness: &Staleness) -> String {
    summary::section(findings, folder, staleness)
}

/// The page `results/README.md`: the newest results. `folder` is the name of
/// the result folder beside it, `earlier` what the folders beside that say.
#[must_use]
pub fn newest_page(
    findings: &Findings,
    folder: &str,
    staleness: &Staleness,
    earlier: &History,
) -> String {
    summary::newest(findings, folder, staleness, earlier)
}
