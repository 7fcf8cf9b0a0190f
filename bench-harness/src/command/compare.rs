//! `compare`: what changed from one run to another.

mod git;
mod source;

use ::report::{
    Findings, Run, analyse,
    compare::{
        CompareError, Pick, RunComparison, VerdictFilter, compare as compared, comparison_text,
    },
};
use anyhow::{Context as _, Result};

use crate::{
    cli::{FailOn, Options},
    exit::{Exit, UsageError},
    terminal::{print, width},
};
use source::Source;

/// Compares two runs, each named by a folder or a revision.
pub(super) fn compare(
    names: [&str; 2],
    options: &Options,
    fail_on: Option<FailOn>,
    json: bool,
) -> Result<Exit> {
    refuse_others(options)?;
    let pick = Pick {
        contenders: options.contender.clone(),
        variants: options.variant.clone(),
        scenarios: options.scenario.clone(),
    };
    let [a, b] = names.map(findings);
    let ((a, from_a), (b, from_b)) = (a?, b?);
    let comparison = match compared(&a, &b, [&from_a, &from_b], &pick) {
        Err(error @ CompareError::Unknown { .. }) => {
            return Err(UsageError(error.to_string()).into());
        }
        other => other.with_context(|| format!("{from_a} and {from_b} can't be compared"))?,
    };
    let filter = fail_on.map(|fail_on| match fail_on {
        FailOn::Regressed => VerdictFilter::Regressed,
        FailOn::Changed => VerdictFilter::Changed,
    });
    let caught = filter.map(|filter| comparison.tally.caught_by(filter));
    if json {
        print(&format!("{}\n", serde_json::to_string_pretty(&comparison)?))?;
    } else {
        print(&comparison_text(&comparison, width()))?;
        if let Some(caught) = caught {
            print(&gate_in_words(&comparison, caught))?;
        }
    }
    Ok(match caught {
        Some(1..) => Exit::Gate,
        _ => Exit::Ok,
    })
}

/// What was run is on record: a flag that would change it is refused.
fn refuse_others(options: &Options) -> Result<(), UsageError> {
    let meaningful = ["--contender", "--variant", "--scenario"];
    match options.given_besides(&meaningful) {
        Some(flag) => Err(UsageError(format!(
            "{flag} means nothing to compare, which measures nothing; narrow it down with \
             --contender, --variant and --scenario"
        ))),
        None => Ok(()),
    }
}

fn gate_in_words(comparison: &RunComparison, caught: usize) -> String {
    let tally = comparison.tally;
    // What only the earlier run has, or what means something else in the later.
    let gone = comparison
        .differences
        .iter()
        .filter(|noted| noted.difference.is_lost_in_b())
        .count();
    let untold = tally.cannot_tell + tally.unknown + gone;
    let outcome = match caught {
        0 => "passed".to_owned(),
        _ => format!("failed: {caught} such verdicts"),
    };
    format!("Gate {outcome}; {untold} could not be told, which never fails it.\n")
}

/// What can be said about the run of that name, and where it was found.
fn findings(name: &str) -> Result<(Findings, String)> {
    let source = Source::find(name)?;
    let text = source.read()?;
    let run = Run::parse(&text).with_context(|| source.to_string())?;
    Ok((analyse(&run), source.to_string()))
}
