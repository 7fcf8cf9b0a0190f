//! The plots that stand in a result folder as files, and how its pages show
//! them.

use super::{Plot, allocations, curve, forest, ladder, memory};
use crate::{RenderedFile, findings::Findings, text::escaped};

/// A plot with a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// CPU time in the first closed-loop echo cell.
    Cpu,
    /// Response times by percentile on the middle rung of the first ladder.
    LatencyCurve,
    /// The first ladder.
    RateLadder,
    /// Memory per idle connection.
    Memory,
    /// Allocations per message.
    Allocations,
    /// Allocations per kept message.
    KeptAllocations,
}

impl Chosen {
    const ALL: [Self; 6] = [
        Self::Cpu,
        Self::LatencyCurve,
        Self::RateLadder,
        Self::Memory,
        Self::Allocations,
        Self::KeptAllocations,
    ];

    fn file(self) -> &'static str {
        match self {
            Self::Cpu => "plots/cpu.svg",
            Self::LatencyCurve => "plots/latency-curve.svg",
            Self::RateLadder => "plots/rate-ladder.svg",
            Self::Memory => "plots/memory.svg",
            Self::Allocations => "plots/allocations.svg",
            Self::KeptAllocations => "plots/allocations-kept.svg",
        }
    }

    /// A few words for a link.
    fn words(self) -> &'static str {
        match self {
            Self::Cpu => "CPU time",
            Self::LatencyCurve => "latency by percentile",
            Self::RateLadder => "latency by rate",
            Self::Memory => "memory by connections",
            Self::Allocations => "allocations by size",
            Self::KeptAllocations => "allocations of kept messages by size",
        }
    }

    /// `None` where the run has no figures for it.
    fn plot(self, findings: &Findings) -> Option<Plot> {
        let allocations_of = |are_kept: bool| {
            allocations::plot(findings, findings.message_allocation_cell(are_kept)?)
        };
        match self {
            Self::Cpu => forest::plot(findings, findings.headline_cell()?),
            Self::LatencyCurve => curve::plot(findings, findings.middle_rung()?),
            Self::RateLadder => ladder::plots(findings).into_iter().next(),
            Self::Memory => memory::plot(findings, findings.idle_cells().next()?),
            Self::Allocations => allocations_of(false),
            Self::KeptAllocations => allocations_of(true),
        }
    }
}

/// The files; those that a run has no figures for are left out.
pub(crate) fn files(findings: &Findings) -> Vec<RenderedFile> {
    Chosen::ALL
        .into_iter()
        .filter_map(|chosen| {
            Some(RenderedFile {
                name: chosen.file(),
                text: chosen.plot(findings)?.svg,
            })
        })
        .collect()
}

/// A plot as a picture in Markdown, `prefix` before the path; empty where there
/// is no such file.
pub(crate) fn image(findings: &Findings, chosen: Chosen, prefix: &str) -> String {
    chosen.plot(findings).map_or(String::new(), |plot| {
        format!("![{}]({prefix}{})", escaped(&plot.title), chosen.file())
    })
}

/// Links to all files but `shown`, in a line; empty where there are none.
pub(crate) fn links(findings: &Findings, shown: Chosen, prefix: &str) -> String {
    let links: Vec<String> = Chosen::ALL
        .into_iter()
        .filter(|chosen| *chosen != shown && chosen.plot(findings).is_some())
        .map(|chosen| format!("[{}]({prefix}{})", chosen.words(), chosen.file()))
        .collect();
    if links.is_empty() {
        return String::new();
    }
    format!("More plots: {}.", links.join(" · "))
}
