//! A run as it stands in its file.

use std::collections::HashSet;

use record::{Plan, RunEnd, RunHeader, RunLine, TrialRecord};

use crate::version::{LineReader, reader_of};

/// Everything that `run.ndjson` holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The first line.
    pub header: RunHeader,
    /// One per trial, in the order in which they ran.
    pub trials: Vec<TrialRecord>,
    /// The last line; absent while the run goes on or after it was killed.
    pub end: Option<RunEnd>,
    /// Number of the last line, from 1, when it was cut off in the middle of
    /// being written. Its trial is lost; the rest is whole.
    pub cut_line: Option<usize>,
}

/// Why a text is no run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no complete line.
    #[error("the file holds no complete line, so nothing was measured; start the run again")]
    Empty,
    /// The first line is something else than a header.
    #[error("line 1 is not the header of a run: {error}; is this a run.ndjson?")]
    NoHeader {
        /// What is wrong with it.
        error: String,
    },
    /// The file was written by a newer version.
    #[error(
        "the file has schema version {found}, which is newer than this program: it reads \
         versions {oldest} to {known}; use the version of the program that wrote it",
        oldest = crate::READ_VERSIONS.start()
    )]
    TooNew {
        /// The file's version.
        found: u32,
        /// The newest that is read.
        known: u32,
    },
    /// The file was written by a version whose files are no longer read.
    #[error(
        "the file has schema version {found}, which is older than what this program reads: \
         versions {oldest} to {known}; use the version of the program that wrote it"
    )]
    TooOld {
        /// The file's version.
        found: u32,
        /// The oldest that is read.
        oldest: u32,
        /// The newest that is read.
        known: u32,
    },
    /// A line that is not the last can't be read.
    #[error("line {line} can't be read: {error}; the file was changed after it was written")]
    BadLine {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        error: String,
    },
}

impl Run {
    /// Reads the text of a `run.ndjson`.
    ///
    /// A last line without its newline that can't be read was cut off when the
    /// run was killed: it is passed over and [`Run::cut_line`] says so. When a
    /// run was resumed there may be several end lines; the last one counts, and
    /// only if nothing follows it.
    ///
    /// # Errors
    /// [`RunError`] when the header is missing or too new, when a whole line is
    /// damaged, or when a trial is not of the header's plan or stands there twice.
    pub fn parse(text: &str) -> Result<Self, RunError> {
        let mut lines = text.split_inclusive('\n').enumerate().peekable();
        let Some((_, first)) = lines.next().filter(|(_, line)| line.ends_with('\n')) else {
            return Err(RunError::Empty);
        };
        let read = reader_of(first)?;
        let mut run = Self {
            header: parse_header(first, read)?,
            trials: Vec::new(),
            end: None,
            cut_line: None,
        };
        let mut seen = HashSet::new();
        while let Some((index, line)) = lines.next() {
            let line_number = index + 1;
            if line.trim().is_empty() {
                continue;
            }
            match read(line) {
                Ok(RunLine::Trial(trial)) => {
                    run.end = None;
                    let is_first = seen.insert((trial.number, trial.attempt));
                    let wrong = if !is_planned(&run.header.plan, &trial) {
                        Some("is none of this run's plan")
                    } else if !is_first {
                        Some("stands here a second time")
                    } else {
                        None
                    };
                    if let Some(wrong) = wrong {
                        let TrialRecord {
                            number, attempt, ..
                        } = *trial;
                        return Err(RunError::BadLine {
                            line: line_number,
                            error: format!("trial {number}, attempt {attempt}, {wrong}"),
                        });
                    }
                    run.trials.push(*trial);
                }
                Ok(RunLine::End(end)) => run.end = Some(end),
                Ok(RunLine::Header(_)) => {
                    return Err(RunError::BadLine {
                        line: line_number,
                        error: "a second header".to_owned(),
                    });
                }
                Err(_) if lines.peek().is_none() && !line.ends_with('\n') => {
                    run.end = None;
                    run.cut_line = Some(line_number);
                }
                Err(error) => {
                    return Err(RunError::BadLine {
                        line: line_number,
                        error: error.to_string(),
                    });
                }
            }
        }
        Ok(run)
    }
}

/// Whether a record is of the trial that has its number in the plan.
fn is_planned(plan: &Plan, trial: &TrialRecord) -> bool {
    let planned = usize::try_from(trial.number)
        .ok()
        .and_then(|number| plan.trials.get(number));
    planned.is_some_and(|planned| {
        let cell = plan.cells.get(planned.cell);
        let entry = plan.entries.get(planned.entry);
        planned.block == trial.block
            && cell.is_some_and(|it| it.name == trial.cell && it.scenario == trial.scenario)
            && entry.is_some_and(|it| it.key == trial.entry)
    })
}

fn parse_header(line: &str, read: LineReader) -> Result<RunHeader, RunError> {
    let no_header = |error: String| RunError::NoHeader { error };
    match read(line) {
        Ok(RunLine::Header(header)) => Ok(*header),
        Ok(_) => Err(no_header("it is another kind of line".to_owned())),
        Err(error) => Err(no_header(error.to_string())),
    }
}
