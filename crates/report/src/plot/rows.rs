//! Rows of findings as plots need them.

use record::Role;

use super::style::Look;
use crate::{
    findings::{CellFinding, EntryFinding, Findings, is_raw},
    render::{
        footer::{known_commit, partial, plural},
        words::absence,
    },
};

/// A server program with its variants; they share a panel.
pub(super) struct Group<'a> {
    /// Its name, with the library's version.
    pub(super) name: String,
    /// Whether it is no library.
    pub(super) is_baseline: bool,
    /// Its rows, `default` first: positions among the entries.
    pub(super) members: Vec<(usize, &'a EntryFinding)>,
}

/// All programs, in the order of the tables.
pub(super) fn groups(findings: &Findings) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, entry) in findings.rows_without_twin() {
        let same = groups.iter_mut().find(|group| {
            let key = &group.members[0].1.key;
            key.contender == entry.key.contender && key.role == entry.key.role
        });
        match same {
            Some(group) => group.members.push((index, entry)),
            None => groups.push(Group {
                name: program_name(entry),
                is_baseline: entry.key.role == Role::Baseline,
                members: vec![(index, entry)],
            }),
        }
    }
    for group in &mut groups {
        group.members.sort_by_key(|(_, entry)| entry.key.variant);
    }
    groups
}

fn program_name(entry: &EntryFinding) -> String {
    let mut name = entry.key.contender.clone();
    if !entry.version.is_empty() {
        name.push(' ');
        name.push_str(&entry.version);
    }
    let language = entry.language.to_string();
    let mut remarks = Vec::new();
    if !entry.language.is_rust() {
        remarks.push(language.as_str());
    }
    if entry.not_admitted.is_some() {
        remarks.push("not admitted");
    }
    if !remarks.is_empty() {
        name.push_str(&format!(" ({})", remarks.join(", ")));
    }
    name
}

/// What a row is called inside of its program's panel.
pub(super) fn variant_name(entry: &EntryFinding) -> String {
    let word = Look::of(entry).word();
    if entry.is_reference {
        format!("{word} (reference)")
    } else {
        word.to_owned()
    }
}

/// Why a row has nothing to show in a cell.
pub(super) fn silence(cell: &CellFinding, entry: usize) -> String {
    let reason = cell.rows.get(entry).and_then(absence);
    match reason {
        Some(dash) if dash == "–" => "not in the plan".to_owned(),
        Some(reason) => reason,
        None => "no figure".to_owned(),
    }
}

/// Position of the raw TCP echo among the entries.
pub(super) fn raw_baseline(findings: &Findings) -> Option<usize> {
    findings.entries.iter().position(is_raw)
}

/// What stands under every picture, so that it can be held against its run when
/// it stands alone.
pub(super) fn provenance(findings: &Findings, blocks: usize) -> String {
    let run = &findings.run;
    let mut parts = Vec::new();
    parts.extend(partial(run));
    parts.push(format!("n = {blocks} {}", plural(blocks, "block")));
    parts.push(run.date().to_owned());
    parts.extend(known_commit(run));
    parts.push(format!(
        "{}: {}, {} {}",
        run.host.name,
        run.host.cpu_model,
        run.host.cpus,
        plural(run.host.cpus as usize, "processor")
    ));
    parts.join(" · ")
}
