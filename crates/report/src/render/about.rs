//! What was compared, on what, and what went wrong.

use std::collections::BTreeMap;

use record::{BuildOutcome, Role};

use super::{
    footer::{self, commit, plural},
    last_words::in_one_line,
    page::Page,
    words::row_label,
};
use crate::{
    findings::{EntryFinding, Findings, RowStatus},
    text::{Align, Table, bytes, code, escaped, grouped, significant, with_code},
};

/// One row per server: library with its version, runtime, flush, build.
pub(super) fn servers(page: &mut Page, findings: &Findings) {
    page.heading(2, "What was compared");
    let mut table = Table::new();
    for title in ["server", "library", "runtime", "API", "flushes"] {
        table.column(title, Align::Left);
    }
    table.column("executable", Align::Right);
    table.column("feature hash", Align::Left);
    for (_, entry) in findings.rows_without_twin() {
        let (size, features) = build(entry);
        let is_baseline = entry.key.role == Role::Baseline;
        table.row(vec![
            escaped(&entry.label),
            if is_baseline {
                "baseline".to_owned()
            } else {
                format!(
                    "{} {}",
                    link(&entry.library, &entry.repository),
                    escaped(&entry.version)
                )
            },
            escaped(&entry.runtime),
            with_code(&entry.api),
            with_code(&entry.flush),
            size,
            features,
        ]);
    }
    page.table(&table);
    page.paragraph(&footer::line(
        findings,
        findings.run.whole_blocks as usize,
        footer::nothing_judged(),
    ));
}

fn build(entry: &EntryFinding) -> (String, String) {
    match &entry.build {
        Some(BuildOutcome::Built {
            binary_bytes,
            feature_hash,
        }) => (
            bytes(*binary_bytes),
            code(feature_hash.get(..12).unwrap_or(feature_hash)),
        ),
        Some(BuildOutcome::Given { binary_bytes }) => (bytes(*binary_bytes), "given".to_owned()),
        Some(BuildOutcome::Failed { .. }) => ("*did not build*".to_owned(), String::new()),
        Some(BuildOutcome::ToolchainMissing(missing)) => (
            format!("*{}*", escaped(&missing.to_string())),
            String::new(),
        ),
        None => (String::new(), String::new()),
    }
}

pub(super) fn link(text: &str, url: &str) -> String {
    let is_plain = url.starts_with("https://") && !url.contains(['(', ')', '<', '>', ' ', '\n']);
    if is_plain {
        format!("[{}]({url})", escaped(text))
    } else {
        escaped(text)
    }
}

/// The options of each variant with their reasons, those that the running
/// server confirmed, and known gaps.
pub(super) fn options(page: &mut Page, findings: &Findings) {
    page.heading(2, "Options in force");
    let mut lines = Vec::new();
    for (_, entry) in findings.rows_without_twin() {
        let mut parts: Vec<String> = entry
            .options
            .iter()
            .map(|option| {
                let setting = code(&format!("{} = {}", option.name, option.value));
                format!(
                    "{setting} ({})",
                    with_code(option.reason.trim_end_matches('.'))
                )
            })
            .collect();
        if parts.is_empty() {
            parts.push(match entry.key.role {
                Role::Baseline => "nothing is set".to_owned(),
                _ => "what its documentation teaches".to_owned(),
            });
        }
        if !entry.options_in_force.is_empty() {
            let in_force: Vec<String> = entry
                .options_in_force
                .iter()
                .map(|option| code(&format!("{} = {}", option.name, option.value)))
                .collect();
            parts.push(format!("the running server says: {}", in_force.join(", ")));
        }
        let follows = if entry.documentation.is_empty() {
            String::new()
        } else {
            format!(
                " ({})",
                link("documentation followed", &entry.documentation)
            )
        };
        lines.push(format!(
            "- **{}**{follows}: {}.",
            escaped(&entry.label),
            parts.join("; ")
        ));
    }
    page.paragraph(&lines.join("\n"));

    let mut gaps: Vec<String> = Vec::new();
    for (_, entry) in findings.rows_without_twin() {
        let line = format!(
            "- **{}**: {}.",
            escaped(&entry.key.contender),
            list(&entry.gaps)
        );
        if !entry.gaps.is_empty() && !gaps.contains(&line) {
            gaps.push(line);
        }
    }
    if !gaps.is_empty() {
        page.heading(2, "What servers can't do, or do otherwise");
        page.paragraph(&gaps.join("\n"));
    }
}

/// Sentences one after the other, without the last full stop.
fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts
        .iter()
        .map(|text| with_code(in_one_line(text).trim_end_matches('.')))
        .collect();
    texts.join(". ")
}

/// What the check before the run found.
pub(super) fn checks(page: &mut Page, findings: &Findings) {
    page.heading(2, "Check before the run");
    let (mut passed, mut failed) = (Vec::new(), Vec::new());
    for (_, entry) in findings
        .rows_without_twin()
        .filter(|(_, entry)| entry.checked)
    {
        if entry.check_flaws.is_empty() {
            passed.push(escaped(&entry.label));
        } else {
            failed.push(format!(
                "- **{}** failed: {}.",
                escaped(&entry.label),
                list(&entry.check_flaws)
            ));
        }
    }
    if !passed.is_empty() {
        page.paragraph(&format!(
            "Echoed every probe unchanged before the run: {}.",
            passed.join(", ")
        ));
    }
    page.paragraph(&failed.join("\n"));
    if passed.is_empty() && failed.is_empty() {
        page.paragraph("The run's header holds no check.");
    }
}

/// Every flaw of every trial, grouped by server.
pub(super) fn failures(page: &mut Page, findings: &Findings) {
    page.heading(2, "Failures and invalid trials");
    let mut by_entry: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (index, entry) in findings.entries.iter().enumerate() {
        let not_built = match &entry.build {
            Some(BuildOutcome::Failed { error }) => {
                Some(format!("did not build: {}", escaped(error)))
            }
            Some(BuildOutcome::ToolchainMissing(missing)) => Some(escaped(&missing.to_string())),
            Some(BuildOutcome::Built { .. } | BuildOutcome::Given { .. }) | None => None,
        };
        if let Some(line) = not_built {
            by_entry.entry(index).or_default().push(line);
        }
        if !entry.check_flaws.is_empty() {
            let flaws = list(&entry.check_flaws);
            by_entry
                .entry(index)
                .or_default()
                .push(format!("failed the check: {flaws}"));
        }
    }
    for cell in &findings.cells {
        for row in &cell.rows {
            for note in &row.flaws {
                let state = if row.status == RowStatus::Invalid {
                    "no valid trial"
                } else {
                    "kept apart"
                };
                by_entry.entry(row.entry).or_default().push(format!(
                    "{}, {} ({state}): {}",
                    code(&cell.name),
                    super::words::block_list(&note.blocks),
                    escaped(&in_one_line(&note.text)),
                ));
            }
        }
    }
    if by_entry.is_empty() {
        page.paragraph(&format!(
            "None: all {} trials are valid.",
            grouped(findings.run.recorded_trials as u64)
        ));
        return;
    }
    let but = if findings.handshake_cells().next().is_some() {
        ", but for the counts of connections that were not closed, which are of all trials"
    } else {
        ""
    };
    let run = &findings.run;
    page.paragraph(&format!(
        "{} of {} trials are valid. The others stay in `run.ndjson` and are in no figure{but}.",
        grouped(run.valid_trials as u64),
        grouped((run.recorded_trials + run.redone_trials) as u64),
    ));
    if run.redone_trials > 0 {
        page.paragraph(&format!(
            "{} trials are beyond the plan: where the machine or the tool was at fault, all \
             servers of the cell ran again in that block, and of the attempts the one with the \
             most valid trials counts, for all of them.",
            grouped(run.redone_trials as u64),
        ));
    }
    let mut lines = Vec::new();
    for (index, texts) in by_entry {
        lines.push(format!("- **{}**", row_label(&findings.entries[index])));
        lines.extend(texts.into_iter().map(|text| format!("  - {text}")));
    }
    page.paragraph(&lines.join("\n"));
}

/// Machine, toolchain, ladder rates, the command.
pub(super) fn circumstances(page: &mut Page, findings: &Findings) {
    let run = &findings.run;
    let host = &run.host;
    page.heading(2, "Machine and toolchain");
    let cpus = |cpus: &[u32]| {
        cpus.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut lines = vec![
        format!(
            "- {}: {}, {} processors, {} of memory",
            escaped(&host.name),
            escaped(&host.cpu_model),
            host.cpus,
            bytes(host.memory_bytes)
        ),
        format!(
            "- {}, kernel {}",
            escaped(&host.operating_system),
            escaped(&host.kernel)
        ),
        format!(
            "- hypervisor: {}; frequency governor: {}",
            escaped(host.hypervisor.as_deref().unwrap_or("none seen")),
            escaped(
                host.governor
                    .as_deref()
                    .unwrap_or("not shown by the kernel")
            ),
        ),
        format!(
            "- servers on {} {}, load generator on {}; {} open files, backlog {}",
            plural(host.server_cpus.len(), "processor"),
            cpus(&host.server_cpus),
            cpus(&host.client_cpus),
            grouped(host.open_files),
            grouped(host.backlog_limit),
        ),
        format!(
            "- {}, {}, {}, RUSTFLAGS {}",
            escaped(&run.toolchain.rustc),
            escaped(&run.toolchain.target),
            escaped(&run.toolchain.profile),
            if run.toolchain.rustflags.is_empty() {
                "empty".to_owned()
            } else {
                code(&run.toolchain.rustflags)
            },
        ),
    ];
    if let Some(go) = &run.toolchain.go {
        lines.push(format!("- {}", escaped(&go.to_string())));
    }
    let known = |name: &str, value: &Option<String>| {
        let value = value.as_deref()?;
        Some(format!("{name}: {}", escaped(value)))
    };
    let kernel: Vec<String> = [
        known("congestion control", &host.congestion_control),
        known("clock source", &host.clock_source),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !kernel.is_empty() {
        lines.push(format!("- {}", kernel.join("; ")));
    }
    for calibration in &run.calibrations {
        let slowest = calibration
            .capacities_per_s
            .iter()
            .find(|(key, _)| *key == calibration.slowest)
            .map(|(_, capacity)| format!(", which reached {}/s", significant(*capacity, 3)));
        let rates: Vec<String> = calibration
            .rung_rates_per_s
            .iter()
            .map(|rate| grouped(rate.round() as u64))
            .collect();
        lines.push(format!(
            "- rates of {}: {} messages/s, from the slowest server, {}{}",
            code(&calibration.scenario),
            rates.join(", "),
            escaped(&calibration.slowest.to_string()),
            slowest.unwrap_or_default(),
        ));
    }
    page.paragraph(&lines.join("\n"));

    page.heading(2, "Do it again");
    page.paragraph(&format!(
        "{}, seed {}, {} effort. The run took {} s:",
        capitalised(&commit(run)),
        run.seed,
        run.effort.level,
        grouped(run.took_ns / 1_000_000_000),
    ));
    page.paragraph(&format!(
        "```\n{}\n```",
        run.command.replace(['\n', '\r'], " ")
    ));
}

/// The note that a run is partial, if it is.
pub(super) fn partial(page: &mut Page, findings: &Findings) {
    if let Some(sentence) = footer::partial_sentence(&findings.run) {
        page.paragraph(&format!("**{}.**", capitalised(&sentence)));
    }
}

/// `text` with a capital letter at its start.
pub(super) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
