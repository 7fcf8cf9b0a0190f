//! The row that ratios of both runs are taken to.

use std::fmt;

use record::{BuildOutcome, EntryKey, Protocol, Role};

use super::difference::Difference;
use crate::{Findings, findings::EntryFinding};

/// A base, as a position among the entries of either run, and what must be
/// said about it.
pub(super) struct Base {
    pub(super) position: Option<(usize, usize)>,
    pub(super) differences: Vec<Difference>,
}

/// The reference, if it is the same program in both runs; else a baseline,
/// whose code no library's release changes; else the first of these of which
/// only dependencies changed.
pub(super) fn choose(before: &Findings, after: &Findings) -> Base {
    let mut differences = Vec::new();
    let references: Vec<&EntryFinding> = [before, after]
        .into_iter()
        .filter_map(|findings| Some(&findings.entries[findings.reference()?]))
        .collect();
    if let [a, b] = references.as_slice()
        && a.key != b.key
    {
        differences.push(Difference::Reference {
            before: a.label.clone(),
            after: b.label.clone(),
        });
    }
    let candidates: Vec<(usize, usize)> = references
        .iter()
        .map(|entry| &entry.key)
        .chain(baselines(after))
        .filter_map(|key| Some((find(before, key)?, find(after, key)?)))
        .collect();
    let how = |(a, b): &(usize, usize)| moved(&before.entries[*a], &after.entries[*b]);
    // When some crate that all share was updated, no program is the same; then
    // one whose own code is will have to do.
    let position = candidates
        .iter()
        .find(|it| how(it).is_none())
        .or_else(|| {
            let is_relinked = |it: &&(usize, usize)| how(it) == Some(Moved::Dependencies);
            candidates.iter().find(is_relinked)
        })
        .copied();
    let base = position.map(|(_, b)| after.entries[b].label.clone());
    if let Some(reference) = references.first()
        && let Some(now) = find(after, &reference.key)
        && let Some(how) = moved(reference, &after.entries[now])
        && base.as_ref() != Some(&reference.label)
    {
        differences.push(Difference::ReferenceMoved {
            reference: reference.label.clone(),
            how: how.to_string(),
            base: base.clone(),
        });
    }
    if let Some((a, b)) = position {
        let (a, b) = (&before.entries[a], &after.entries[b]);
        match moved(a, b) {
            Some(_) => differences.push(Difference::BaseRelinked {
                base: b.label.clone(),
            }),
            None => differences.extend(rebuilt(a, b)),
        }
    }
    Base {
        position,
        differences,
    }
}

/// Baselines that speak WebSocket first, for they do more of what libraries do,
/// then raw TCP. Datagrams and HTTP are other work, and have no part in some
/// scenarios.
fn baselines(findings: &Findings) -> impl Iterator<Item = &EntryKey> {
    let of = move |protocol: Protocol| {
        findings
            .entries
            .iter()
            .filter(move |it| it.key.role == Role::Baseline && it.protocol == protocol)
            .map(|entry| &entry.key)
    };
    of(Protocol::Websocket).chain(of(Protocol::RawTcp))
}

pub(super) fn find(findings: &Findings, key: &EntryKey) -> Option<usize> {
    findings.entries.iter().position(|entry| entry.key == *key)
}

/// What changed about a row's program, as far as it is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    Version { before: String, after: String },
    Options,
    Dependencies,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { before, after } => write!(f, "version {before} in A, {after} in B"),
            Self::Options => f.write_str("other options"),
            Self::Dependencies => f.write_str("other dependencies or features"),
        }
    }
}

/// `None` for the same version, options and dependencies.
pub(super) fn moved(before: &EntryFinding, after: &EntryFinding) -> Option<Moved> {
    if before.version != after.version {
        return Some(Moved::Version {
            before: before.version.clone(),
            after: after.version.clone(),
        });
    }
    if have_other_options(before, after) {
        return Some(Moved::Options);
    }
    let hash = |entry: &EntryFinding| match &entry.build {
        Some(BuildOutcome::Built { feature_hash, .. }) => Some(feature_hash.clone()),
        _ => None,
    };
    (hash(before)? != hash(after)?).then_some(Moved::Dependencies)
}

pub(super) fn have_other_options(before: &EntryFinding, after: &EntryFinding) -> bool {
    let values = |entry: &EntryFinding| -> Vec<(String, String)> {
        let options = entry.options.iter();
        options
            .map(|option| (option.name.clone(), option.value.clone()))
            .collect()
    };
    values(before) != values(after) || before.flush != after.flush
}

fn rebuilt(before: &EntryFinding, after: &EntryFinding) -> Option<Difference> {
    let (before_bytes, after_bytes) = (binary_bytes(before)?, binary_bytes(after)?);
    (before_bytes != after_bytes).then(|| Difference::BaseRebuilt {
        base: after.label.clone(),
        before_bytes,
        after_bytes,
    })
}

fn binary_bytes(entry: &EntryFinding) -> Option<u64> {
    match entry.build.as_ref()? {
        BuildOutcome::Built { binary_bytes, .. } | BuildOutcome::Given { binary_bytes } => {
            Some(*binary_bytes)
        }
        BuildOutcome::Failed { .. } | BuildOutcome::ToolchainMissing(_) => None,
    }
}
