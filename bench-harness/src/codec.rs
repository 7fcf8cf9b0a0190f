//! Figures of `cargo bench -p codec-bench`, as criterion leaves them.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use record::{CodecCount, CodecGroup, CodecLibrary, CodecLine, CodecTime};
use serde::{Deserialize, de::DeserializeOwned};

use crate::files::{listed, text_of};

/// Folder of the stamps that `codec-bench` leaves in criterion's.
const STAMPS: &str = "codec-bench";

/// What was found, by library and benchmark.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Whose program left figures behind.
    pub(crate) libraries: Vec<CodecLibrary>,
    /// What was timed.
    pub(crate) times: Vec<CodecTime>,
    /// Whose instructions were counted.
    pub(crate) counts: Vec<CodecCount>,
    /// What was passed over, and why.
    pub(crate) left_out: Vec<LeftOut>,
}

/// A figure that is on the disk and is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// Nobody says which program measured it.
    NoStamp { library: String, count: usize },
    /// It is older than the library's last program.
    Older { library: String, count: usize },
    /// Its instructions were counted in another version than was timed.
    OtherVersion { library: String, version: String },
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStamp { library, count } => write!(
                f,
                "{library}: {count} figures of which nothing says what measured them; \
                 run `cargo bench -p codec-bench -- {library}` again"
            ),
            Self::Older { library, count } => write!(
                f,
                "{library}: {count} figures from before its last run, which had a filter or was \
                 stopped; run `cargo bench -p codec-bench` again without one"
            ),
            Self::OtherVersion { library, version } => write!(
                f,
                "{library}: instructions of version {version}, which is not the one that was \
                 timed; run `scripts/codec-instructions` again"
            ),
        }
    }
}

/// Enough of criterion's `benchmark.json`.
#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
enum Throughput {
    Bytes(u64),
    #[serde(other)]
    Other,
}

/// Enough of criterion's `estimates.json`.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    confidence_level: f64,
    lower_bound: f64,
    upper_bound: f64,
}

/// Enough of criterion's `sample.json`.
#[derive(Deserialize)]
struct Sample {
    iters: Vec<f64>,
}

/// Reads criterion's folder and the file with counted instructions.
pub(crate) fn read(criterion: &Path, instructions: &Path) -> Result<Figures> {
    let mut figures = Figures {
        libraries: stamps(criterion)?,
        ..Figures::default()
    };
    for group in folders(criterion)? {
        for benchmark in folders(&group)? {
            figures.take(&benchmark.join("new"))?;
        }
    }
    figures.counts(instructions)?;
    let measured = |name: &str| figures.times.iter().any(|it| it.library == name);
    let kept: Vec<CodecLibrary> = figures
        .libraries
        .iter()
        .filter(|it| measured(&it.name))
        .cloned()
        .collect();
    figures.libraries = kept;
    figures.sort();
    Ok(figures)
}

impl Figures {
    /// Takes the benchmark in `folder`, if it is one of ours and the last
    /// program's.
    fn take(&mut self, folder: &Path) -> Result<()> {
        let path = folder.join("benchmark.json");
        if !path.is_file() {
            return Ok(());
        }
        let benchmark: Benchmark = json(&path)?;
        let Some(group) = CodecGroup::of_name(&benchmark.group_id) else {
            return Ok(());
        };
        let (Some(library), Some(Throughput::Bytes(bytes))) =
            (benchmark.function_id, benchmark.throughput)
        else {
            return Ok(());
        };
        let path = folder.join("estimates.json");
        let Some(stamp) = self.libraries.iter().find(|it| it.name == library) else {
            self.leave_out(LeftOut::NoStamp { library, count: 1 });
            return Ok(());
        };
        let started = UNIX_EPOCH + Duration::from_nanos(stamp.started_at_unix_ns);
        let written = fs::metadata(&path).and_then(|it| it.modified());
        if written.with_context(|| format!("{} can't be read", path.display()))? < started {
            self.leave_out(LeftOut::Older { library, count: 1 });
            return Ok(());
        }
        let Estimates { median } = json(&path)?;
        let sample: Sample = json(&folder.join("sample.json"))?;
        self.times.push(CodecTime {
            library,
            group,
            messages: bytes / group.message.size_bytes.max(1),
            median_ns: median.point_estimate,
            lower_ns: median.confidence_interval.lower_bound,
            upper_ns: median.confidence_interval.upper_bound,
            confidence_level: median.confidence_interval.confidence_level,
            samples: sample.iters.len() as u64,
        });
        Ok(())
    }

    /// One line per library and reason.
    fn leave_out(&mut self, found: LeftOut) {
        for known in &mut self.left_out {
            match (known, &found) {
                (LeftOut::NoStamp { library, count }, LeftOut::NoStamp { library: other, .. })
                | (LeftOut::Older { library, count }, LeftOut::Older { library: other, .. })
                    if library == other =>
                {
                    *count += 1;
                    return;
                }
                _ => {}
            }
        }
        if !self.left_out.contains(&found) {
            self.left_out.push(found);
        }
    }

    /// Takes counted instructions, the last count of each benchmark.
    fn counts(&mut self, path: &Path) -> Result<()> {
        let Some(text) = text_of(path)? else {
            return Ok(());
        };
        for (index, line) in text.lines().enumerate() {
            let line: CodecLine = serde_json::from_str(line).with_context(|| {
                format!(
                    "line {} of {} can't be read; remove the file and run \
                     `scripts/codec-instructions` again",
                    index + 1,
                    path.display()
                )
            })?;
            let CodecLine::Instructions(count) = line else {
                continue;
            };
            let timed = self.libraries.iter().find(|it| it.name == count.library);
            if timed.is_some_and(|it| it.version != count.version) {
                self.leave_out(LeftOut::OtherVersion {
                    library: count.library,
                    version: count.version,
                });
                continue;
            }
            self.counts
                .retain(|it| (&it.library, it.group) != (&count.library, count.group));
            self.counts.push(count);
        }
        Ok(())
    }

    /// The order of folders on a disk says nothing.
    fn sort(&mut self) {
        let key = |group: CodecGroup| {
            let kind = group.message.kind;
            (group.family, kind.to_string(), group.message.size_bytes)
        };
        self.times
            .sort_by_key(|it| (key(it.group), it.library.clone()));
        self.counts
            .sort_by_key(|it| (key(it.group), it.library.clone()));
        self.left_out.sort_by_key(ToString::to_string);
    }
}

fn stamps(criterion: &Path) -> Result<Vec<CodecLibrary>> {
    let paths = listed(&criterion.join(STAMPS))?;
    paths.iter().map(|path| json(path)).collect()
}

/// Folders in `folder`; none where there is no such folder.
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = listed(folder)?;
    found.retain(|path| path.is_dir());
    Ok(found)
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| {
        format!(
            "{} is not what codec-bench leaves; remove {} and run \
             `cargo bench -p codec-bench` again",
            path.display(),
            path.parent().unwrap_or(path).display()
        )
    })
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
