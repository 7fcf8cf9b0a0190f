//! What stands under the first table, in words.

use record::Protocol;

use super::{
    beside,
    calls::AllocationTriple,
    footer,
    headline::percentile_name,
    reading::{self, Shown},
    spreads,
    words::{description, rate, reference_label},
};
use crate::findings::{CellFinding, Findings, Metric};

/// What the columns of the narrow form are, a line each.
pub(super) fn columns_in_words(findings: &Findings) -> Option<String> {
    let cell = findings.headline_cell()?;
    let metric = cell.metric(Metric::ServerCpuNsPerMessage)?;
    let reference = reference_label(findings).unwrap_or_else(|| "the reference".to_owned());
    let mut lines = vec![
        format!(
            "- **CPU**: the server's processor time per message, user and kernel ({}). Median over \
             {} {}, ± half the {}.{}",
            description(cell),
            cell.blocks,
            footer::plural(cell.blocks, "block"),
            spreads::half_of_what(metric),
            if reading::has_letters(metric) {
                " Rows that share a letter (c–f: all from c to f) can't be told apart; their order means nothing; a row \
                 without one has no verdict."
            } else {
                ""
            }
        ),
        format!(
            "- **×**: ratio to {reference}, block by block; `~`: the data can't tell; `?`: no \
             verdict."
        ),
    ];
    if let Some((cell, metric)) = findings.headline_latency() {
        let which = if metric == Metric::ResponseP99Ns {
            "99th percentile"
        } else {
            "median"
        };
        lines.push(format!(
            "- **{}**: {which} of response times at {}, the same rate for all, from the instant at \
             which a message was due; median of the blocks' own.{}",
            percentile_name(metric),
            rate(cell),
            why_not_p99(findings).unwrap_or_default()
        ));
    }
    if findings.idle_cells().next().is_some() {
        lines.push("- **KiB**: resident memory per idle connection.".to_owned());
    }
    if AllocationTriple::of(findings).of_a_message().is_some() {
        lines.push(
            "- **allocs**: allocations and reallocations per message of the smallest size; ≈: the \
             counts differed."
                .to_owned(),
        );
    }
    lines.extend(beside::columns(findings).iter().map(|it| {
        format!(
            "- **{}**: {} –: it speaks no WebSocket.",
            it.title, it.meaning
        )
    }));
    let run = &findings.run;
    let lost = run.valid_trials < run.recorded_trials + run.redone_trials;
    lines.push(format!(
        "- Less is better{}. In *italics*: why there is no figure{}. The first rows are baselines, \
         no libraries: raw TCP only returns bytes, the handwritten server does the least that \
         RFC 6455 asks for; what a library costs is what it adds to them.",
        match beside::but_these(findings) {
            "" => String::new(),
            others => format!(" in every column{others}"),
        },
        if lost {
            "; raised 5/6: trials that were valid, of those that ran"
        } else {
            ""
        },
    ));
    lines.extend(other_protocols(findings).map(|text| format!("- {text}")));
    Some(lines.join("\n"))
}

/// What the baselines of other protocols are there for.
fn other_protocols(findings: &Findings) -> Option<String> {
    let words = [
        (
            Protocol::Udp,
            "UDP without connections, one datagram per message",
        ),
        (
            Protocol::Http,
            "HTTP/1.1, one POST per message on a connection that stays open",
        ),
    ];
    let there: Vec<&str> = words
        .iter()
        .filter(|(protocol, _)| findings.speaks(*protocol))
        .map(|(_, words)| *words)
        .collect();
    (!there.is_empty()).then(|| {
        format!(
            "Baselines that carry the same payloads by other protocols: {}; no floor, but what \
             else could have been chosen.",
            there.join("; ")
        )
    })
}

/// All of it in a list, for the wide form.
pub(super) fn explanation(findings: &Findings) -> Option<String> {
    let mut lines = vec![
        "How to read it:\n\n- One row per server. The first rows are baselines, no libraries: raw TCP \
         only returns bytes, the handwritten server does the least that RFC 6455 asks for; what a \
         library costs is what it adds to them. CPU is the server's processor time, user and \
         kernel; less is better in every column"
            .to_owned(),
    ];
    lines[0].push_str(beside::but_these(findings));
    lines[0].push('.');
    lines.extend(
        beside::columns(findings)
            .iter()
            .map(|it| format!("*{}*: {}", it.title, it.meaning)),
    );
    lines.extend(other_protocols(findings));
    lines.push(small_print(findings)?);
    let run = &findings.run;
    if run.valid_trials < run.recorded_trials + run.redone_trials {
        lines.push(
            "In *italics*: why there is no figure. (5 of 6): trials that were valid, of those \
             that ran."
                .to_owned(),
        );
    } else if findings.speaks(Protocol::Udp) {
        lines.push("In *italics*: why there is no figure.".to_owned());
    }
    if let Some((_, metric)) = findings.headline_latency() {
        let name = percentile_name(metric);
        lines.push(format!(
            "*{name}* counts from the instant at which a message was due, at a rate that is the same \
             for all: the median of the blocks' own {}.{}",
            if metric == Metric::ResponseP99Ns {
                "99th percentiles"
            } else {
                "medians"
            },
            why_not_p99(findings).unwrap_or_default()
        ));
    }
    lines.extend(fewer_blocks(findings));
    Some(lines.join("\n- "))
}

/// Why the first table shows another percentile than the 99th, where it does.
fn why_not_p99(findings: &Findings) -> Option<String> {
    let (cell, metric) = findings.headline_latency()?;
    let floor = cell.metric(Metric::ResponseP99Ns)?.noise_floor?;
    (metric != Metric::ResponseP99Ns).then(|| {
        format!(
            " Not p99: the reference and its twin, the same program, differed in it by up to \
             ×{:.2}, so it says more about this machine than about servers; latency.md has it.",
            floor.factor
        )
    })
}

/// Every `±` and the rules behind `×` and letters.
pub(super) fn small_print(findings: &Findings) -> Option<String> {
    let cpu = findings
        .headline_cell()?
        .metric(Metric::ServerCpuNsPerMessage)?;
    let cpu = ("CPU".to_owned(), cpu);
    let latency = findings.headline_latency().and_then(|(cell, metric)| {
        Some((percentile_name(metric).to_owned(), cell.metric(metric)?))
    });
    let with_spread: Vec<reading::Column<'_>> =
        std::iter::once(cpu.clone()).chain(latency).collect();
    let mut lines = vec![spreads::sentence(findings, &with_spread)];
    let judged = std::slice::from_ref(&cpu);
    lines.extend(reading::judgement(findings, judged, Shown::ALL));
    Some(lines.join(" "))
}

/// Columns from fewer blocks than the first one.
pub(super) fn fewer_blocks(findings: &Findings) -> Option<String> {
    let all = findings.headline_cell()?.blocks;
    let fewer = |found: Option<&CellFinding>, what: &str| {
        let blocks = found.map(|found| found.blocks)?;
        (blocks != all).then(|| format!("{what} from {blocks} {}", footer::plural(blocks, "block")))
    };
    let fewer: Vec<String> = [
        fewer(findings.idle_cells().next(), "memory"),
        fewer(findings.allocation_cells().next(), "allocations"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!fewer.is_empty()).then(|| format!("Measured in fewer blocks: {}.", fewer.join(", ")))
}
