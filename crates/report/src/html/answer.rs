//! The answer first: for each use of a server, who needs least, and how sure
//! that is.

mod counted;
mod judged;
mod words;

use crate::findings::{Findings, Metric};

/// How many of a tie group are shown at once.
const SHOWN: usize = 6;

/// What is said of one use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The use, in plain words.
    pub(super) title: String,
    /// What was measured for it.
    pub(super) what: String,
    /// What came out.
    pub(super) verdict: String,
    /// The rows that the verdict is about.
    pub(super) leaders: Vec<Leader>,
    /// The rest of them, when they are many.
    pub(super) further: Vec<Leader>,
    /// Figures to hold them against.
    pub(super) context: String,
    /// How sure that is.
    pub(super) sure: String,
    /// When two rows are told apart.
    pub(super) rule: Option<String>,
    /// The section with all rows.
    pub(super) section: &'static str,
}

/// A server with its figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leader {
    /// Who.
    pub(super) name: String,
    /// What it needed.
    pub(super) figure: String,
}

/// One answer per use that the run measured.
pub(super) fn all(findings: &Findings) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    for cell in findings.echo_cells() {
        answers.extend(judged::answer(
            findings,
            cell,
            Metric::ServerCpuNsPerMessage,
            "cpu",
        ));
    }
    if let Some((cell, metric)) = findings.headline_latency() {
        answers.extend(judged::answer(findings, cell, metric, "latency"));
    }
    for cell in findings.idle_cells() {
        answers.extend(judged::answer(
            findings,
            cell,
            Metric::RssBytesPerConnection,
            "memory",
        ));
    }
    answers.extend(counted::answer(findings));
    for cell in findings.handshake_cells() {
        answers.extend(judged::answer(
            findings,
            cell,
            Metric::ServerCpuNsPerHandshake,
            "handshakes",
        ));
    }
    answers
}

/// Those shown at once, and the rest.
fn split(mut leaders: Vec<Leader>) -> (Vec<Leader>, Vec<Leader>) {
    // One more than shown needs no fold.
    let further = if leaders.len() > SHOWN + 1 {
        leaders.split_off(SHOWN)
    } else {
        Vec::new()
    };
    (leaders, further)
}
