//! What `×`, letters and marks mean: the sentences under a table, made from what
//! was in force there.

use statistics::{BLOCKS_FOR_AN_INTERVAL, Family, Rule, UnknownReason, Verdict};

use super::{footer::plural, spreads, words::reference_label};
use crate::{
    findings::{Estimate, Findings, MetricFinding, NoFloor, NotCompared},
    text::escaped,
};

/// A column of a table, by the name that it has there, and what it shows.
pub(super) type Column<'a> = (String, &'a MetricFinding);

/// What a table shows beside its figures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    /// Ratios with their marks.
    pub(super) ratios: bool,
    /// Tie letters.
    pub(super) letters: bool,
}

impl Shown {
    pub(super) const ALL: Self = Self {
        ratios: true,
        letters: true,
    };
    pub(super) const LETTERS: Self = Self {
        ratios: false,
        letters: true,
    };
    pub(super) const RATIOS: Self = Self {
        ratios: true,
        letters: false,
    };
}

/// All that must be known, `±` included, to read the given columns of one table.
pub(super) fn sentences(findings: &Findings, columns: &[Column<'_>], shown: Shown) -> String {
    let mut sentences = vec![spreads::sentence(findings, columns)];
    sentences.extend(judgement(findings, columns, shown));
    sentences.join(" ")
}

/// The same without `±`: ratios, letters and the rules behind them.
pub(super) fn judgement(findings: &Findings, columns: &[Column<'_>], shown: Shown) -> Vec<String> {
    let mut sentences = Vec::new();
    let estimates = || {
        columns
            .iter()
            .flat_map(|(_, metric)| metric.rows.iter().flatten())
    };
    let reference = reference_label(findings).unwrap_or_else(|| "the reference".to_owned());
    if shown.ratios && estimates().any(|row| row.ratio.is_some()) {
        sentences.push(format!(
            "× is the ratio to {reference}, taken block by block."
        ));
    }
    let has_letters = estimates().any(|row| !row.letters.is_empty());
    if shown.letters && has_letters {
        sentences.push(
            "Rows that share a letter (c–f: all from c to f) can't be told apart; their order means nothing; a row \
             without one has no verdict."
                .to_owned(),
        );
    }
    sentences.extend(rule_sentences(columns, &reference, shown));
    if shown.letters {
        sentences.extend(letter_sentences(columns, &reference));
    }
    sentences.extend(reason_sentences(findings, columns, shown));
    sentences
}

/// Whether any row of a column has a letter.
pub(super) fn has_letters(metric: &MetricFinding) -> bool {
    let mut rows = metric.rows.iter().flatten();
    rows.any(|row| !row.letters.is_empty())
}

/// What decides whether a difference from the reference is claimed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    TooFewBlocks,
    NoFloor(NoFloor),
    AllBlocksAgree,
    Holm,
}

impl Ground {
    fn of(metric: &MetricFinding) -> Option<(Self, Family)> {
        let family = metric.family?;
        let ground = match (family.rule, metric.no_floor) {
            (Rule::NoClaims, _) => Self::TooFewBlocks,
            (_, Some(reason)) => Self::NoFloor(reason),
            (Rule::AllBlocksAgree, None) => Self::AllBlocksAgree,
            (Rule::Holm, None) => Self::Holm,
        };
        Some((ground, family))
    }
}

/// One sentence per rule that is in force, with the columns in which it is if
/// there are several.
fn rule_sentences(columns: &[Column<'_>], reference: &str, shown: Shown) -> Vec<String> {
    let groups = grouped_by(columns, Ground::of);
    let several = groups.len() > 1;
    let mut sentences: Vec<String> = groups
        .iter()
        .map(|(ground, members)| {
            let blocks = span(members.iter().map(|(_, family)| family.blocks));
            let comparisons = span(members.iter().map(|(_, family)| family.comparisons));
            let no_verdict = if shown.ratios { "`?`: no" } else { "No" };
            let cant_tell = if shown.ratios {
                "`~`: the data can't tell. "
            } else {
                ""
            };
            let text = match ground {
                Ground::TooFewBlocks => format!(
                    "{no_verdict} verdict, because {blocks} {} fewer than the \
                     {BLOCKS_FOR_AN_INTERVAL} that an interval needs.",
                    if blocks == "1" {
                        "block is"
                    } else {
                        "blocks are"
                    },
                ),
                Ground::NoFloor(reason) => {
                    format!("{no_verdict} verdict, because the noise floor is unknown ({reason}).")
                }
                Ground::AllBlocksAgree => format!(
                    "{cant_tell}A difference from {reference} is claimed only if every block of \
                     the row shows it, by more than half the noise floor, and its median lies \
                     beyond the whole floor; no result of {blocks} blocks could pass Holm's \
                     correction over {comparisons} comparisons.",
                ),
                Ground::Holm => format!(
                    "{cant_tell}A difference from {reference} is claimed only if its interval \
                     excludes 1, the signed-rank test passes Holm's correction over \
                     {comparisons} {}, and its median lies beyond the noise floor.",
                    if comparisons == "1" {
                        "comparison"
                    } else {
                        "comparisons"
                    },
                ),
            };
            if several {
                let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                format!(
                    "{} {}: {text}",
                    plural(names.len(), "Column"),
                    names.join("; ")
                )
            } else {
                text
            }
        })
        .collect();
    if shown.ratios {
        sentences.extend(lost_blocks(columns, reference));
    }
    sentences
}

/// What `?` means where other rows have enough blocks.
fn lost_blocks(columns: &[Column<'_>], reference: &str) -> Option<String> {
    let lost_too_many = columns.iter().any(|(_, metric)| {
        let is_judged = metric.family.is_some_and(|it| it.rule != Rule::NoClaims);
        is_judged && metric.rows.iter().flatten().any(has_too_few_blocks)
    });
    lost_too_many.then(|| {
        format!(
            "`?` at a single row: it has fewer than {BLOCKS_FOR_AN_INTERVAL} blocks in common \
             with {reference}."
        )
    })
}

fn has_too_few_blocks(estimate: &Estimate) -> bool {
    matches!(
        estimate.verdict(),
        Some(Verdict::Unknown {
            reason: UnknownReason::TooFewBlocks { .. }
        })
    )
}

/// By which rule the pairs without the reference are shown apart.
fn letter_sentences(columns: &[Column<'_>], reference: &str) -> Vec<String> {
    let groups = grouped_by(columns, |metric| {
        metric.letters_family.map(|family| (family.rule, family))
    });
    let several = groups.len() > 1;
    groups
        .iter()
        .map(|(rule, members)| {
            let blocks = span(members.iter().map(|(_, family)| family.blocks));
            let pairs = span(members.iter().map(|(_, family)| family.comparisons));
            let noun = if pairs == "1" { "pair" } else { "pairs" };
            let text = match rule {
                Rule::NoClaims => format!(
                    "the {pairs} {noun} without {reference} have too few blocks in common to be \
                     shown apart."
                ),
                Rule::AllBlocksAgree => format!(
                    "{pairs} other {noun} (those without {reference}); one is shown apart \
                     only if every block (up to {blocks}) shows it, by more than half the noise \
                     floor, and its median lies beyond the whole floor; no correction for the \
                     number of pairs, because no result of {blocks} blocks could pass it."
                ),
                Rule::Holm => format!(
                    "{pairs} other {noun} (those without {reference}), by the same \
                     interval and noise floor, with Holm's correction over them."
                ),
            };
            if several {
                let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                format!("Letters in {}: {text}", names.join("; "))
            } else {
                format!("Letters: {text}")
            }
        })
        .collect()
}

/// The same for a page that has the whole sentences further up: the rules in a
/// few words, with the numbers of this table.
pub(super) fn short(findings: &Findings, columns: &[Column<'_>], judged: &Column<'_>) -> String {
    let mut sentences = vec![spreads::sentence(findings, columns)];
    let judged = std::slice::from_ref(judged);
    let metric = judged[0].1;
    let is_claimed = |rule| matches!(rule, Rule::AllBlocksAgree | Rule::Holm);
    let has_verdicts =
        metric.noise_floor.is_some() && metric.family.is_some_and(|it| is_claimed(it.rule));
    if has_verdicts {
        let reference = reference_label(findings).unwrap_or_default();
        sentences.push(format!(
            "× is the ratio to {reference}, block by block; `~` or a shared letter: the data \
             can't tell."
        ));
        sentences.extend(in_short(metric));
        sentences.extend(lost_blocks(judged, &reference));
        sentences.extend(reason_sentences(findings, judged, Shown::ALL));
    } else {
        sentences.extend(judgement(findings, judged, Shown::ALL));
    }
    sentences.join(" ")
}

/// The rules in a few words, where there are verdicts at all.
pub(super) fn in_short(metric: &MetricFinding) -> Option<String> {
    metric.noise_floor?;
    let with_reference = metric.family.map(|family| {
        let noun = plural(family.comparisons, "comparison");
        format!("Verdicts: {} {noun}, {}.", family.comparisons, how(family))
    });
    let letters = metric.letters_family.map(|family| {
        let noun = plural(family.comparisons, "pair");
        format!(
            "Letters: {} other {noun}, {}.",
            family.comparisons,
            how(family)
        )
    });
    let sentences: Vec<String> = with_reference.into_iter().chain(letters).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn how(family: Family) -> String {
    match family.rule {
        Rule::NoClaims => "too few blocks for any".to_owned(),
        Rule::AllBlocksAgree => format!(
            "each difference shown is in every block (up to {}) more than half the noise floor, its \
             median more than the whole; no correction for their number",
            family.blocks
        ),
        Rule::Holm => "Holm's correction".to_owned(),
    }
}

/// Rows that have a figure and no ratio, with the reason. ‡ explains itself.
fn reason_sentences(findings: &Findings, columns: &[Column<'_>], shown: Shown) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for (name, metric) in columns {
        let of_column = if columns.len() > 1 {
            format!(" ({name})")
        } else {
            String::new()
        };
        for (entry, row) in findings.rows_without_twin() {
            let Some(reason) = metric.row(entry).and_then(|found| found.not_compared) else {
                continue;
            };
            let what = if shown.ratios {
                "No ratio"
            } else {
                "No verdict"
            };
            let sentence = match reason {
                // What isn't admitted says so by its name, and why below.
                NotCompared::GeneratorBound
                | NotCompared::NotAboutServers
                | NotCompared::NotAdmitted => continue,
                NotCompared::NoReference
                | NotCompared::ReferenceNotAdmitted
                | NotCompared::ReferenceHasNoFigure
                | NotCompared::ReferenceGeneratorBound => {
                    format!("{what} for any row{of_column}: {reason}.")
                }
                NotCompared::NoCommonBlocks | NotCompared::NotPositive { .. } => {
                    format!("{what} for {}{of_column}: {reason}.", escaped(&row.label))
                }
            };
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// The columns with the same key, in the order of their first.
fn grouped_by<K: PartialEq>(
    columns: &[Column<'_>],
    key: impl Fn(&MetricFinding) -> Option<(K, Family)>,
) -> Vec<(K, Vec<(String, Family)>)> {
    let mut groups: Vec<(K, Vec<(String, Family)>)> = Vec::new();
    for (name, metric) in columns {
        let Some((key, family)) = key(metric) else {
            continue;
        };
        let member = (name.clone(), family);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(member),
            None => groups.push((key, vec![member])),
        }
    }
    groups
}

/// `14`, or `12 to 14`.
fn span(values: impl Iterator<Item = usize> + Clone) -> String {
    let (least, most) = (values.clone().min(), values.max());
    match (least, most) {
        (Some(least), Some(most)) if least != most => format!("{least} to {most}"),
        _ => least.unwrap_or(0).to_string(),
    }
}
