//! Codec cost alone, without sockets: text of `codec.ndjson` in, `codec.md` and
//! `codec.csv` out. It is no part of [`Findings`](crate::Findings): nothing that
//! judges or ranks servers sees it.

mod csv;
mod page;

use std::collections::BTreeSet;

use record::{
    CODEC_VERSION, CodecCount, CodecFamily, CodecGroup, CodecHeader, CodecLine, CodecTime,
    MessageKind,
};
use serde::Deserialize;

use crate::RenderedFile;

/// Name of the file with the figures, beside `run.ndjson`.
pub const CODEC_FILE: &str = "codec.ndjson";

/// The floor among the libraries: a stream's copies, and no codec.
const FLOOR: &str = "copy-only";

/// Everything that `codec.ndjson` holds.
#[derive(Clone, Debug, PartialEq)]
pub struct CodecRun {
    /// The first line.
    pub header: CodecHeader,
    /// What was timed.
    pub times: Vec<CodecTime>,
    /// Whose instructions were counted.
    pub counts: Vec<CodecCount>,
}

/// Why a text is no `codec.ndjson`.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The first line is something else than a header.
    #[error(
        "line 1 is not the header of codec figures: {error}; \
         collect them again with `bench-harness codec`"
    )]
    NoHeader {
        /// What is wrong with it.
        error: String,
    },
    /// The file was written by another version.
    #[error(
        "the file has codec version {found}, and this program reads {known}; \
         use the version of the program that wrote it"
    )]
    OtherVersion {
        /// The file's version.
        found: u32,
        /// The one that is read.
        known: u32,
    },
    /// A line can't be read.
    #[error(
        "line {line} can't be read: {error}; collect the figures again with `bench-harness codec`"
    )]
    BadLine {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        error: String,
    },
}

impl CodecRun {
    /// Reads the text of a `codec.ndjson`.
    ///
    /// # Errors
    /// [`CodecError`] when the header is missing or another version's, or a
    /// line is damaged.
    pub fn parse(text: &str) -> Result<Self, CodecError> {
        #[derive(Deserialize)]
        struct Version {
            codec_version: u32,
        }
        let first = text.lines().next().unwrap_or_default();
        let no_header = |error: String| CodecError::NoHeader { error };
        let version: Version =
            serde_json::from_str(first).map_err(|error| no_header(error.to_string()))?;
        if version.codec_version != CODEC_VERSION {
            return Err(CodecError::OtherVersion {
                found: version.codec_version,
                known: CODEC_VERSION,
            });
        }
        let header = match serde_json::from_str(first) {
            Ok(CodecLine::Header(header)) => *header,
            Ok(_) => return Err(no_header("it is another kind of line".to_owned())),
            Err(error) => return Err(no_header(error.to_string())),
        };
        let mut run = Self {
            header,
            times: Vec::new(),
            counts: Vec::new(),
        };
        for (index, line) in text.lines().enumerate().skip(1) {
            let bad = |error: String| CodecError::BadLine {
                line: index + 1,
                error,
            };
            match serde_json::from_str(line).map_err(|error| bad(error.to_string()))? {
                CodecLine::Time(time) => run.times.push(time),
                CodecLine::Instructions(count) => run.counts.push(count),
                CodecLine::Header(_) => return Err(bad("a second header".to_owned())),
            }
        }
        Ok(run)
    }

    /// Whether the library was built with no other in its program; `None` when
    /// it isn't among those that were timed.
    fn built_alone(&self, library: &str) -> Option<bool> {
        let libraries = &self.header.libraries;
        let found = libraries.iter().find(|it| it.name == library);
        found.map(|it| it.built_alone)
    }

    /// What was measured, in the order in which it is shown.
    fn tables(&self) -> Vec<(CodecFamily, MessageKind)> {
        let groups: Vec<CodecGroup> = self.groups().collect();
        let kinds = [
            MessageKind::Binary,
            MessageKind::TextAscii,
            MessageKind::TextMultibyte,
        ];
        let all = CodecFamily::ALL
            .into_iter()
            .flat_map(|family| kinds.map(|kind| (family, kind)));
        all.filter(|&(family, kind)| {
            groups
                .iter()
                .any(|it| (it.family, it.message.kind) == (family, kind))
        })
        .collect()
    }

    fn groups(&self) -> impl Iterator<Item = CodecGroup> {
        let times = self.times.iter().map(|it| it.group);
        times.chain(self.counts.iter().map(|it| it.group))
    }

    /// Names of everything in such a table, the floor first, the rest in the
    /// order of the alphabet.
    fn libraries(&self, family: CodecFamily, kind: MessageKind) -> Vec<&str> {
        let of_table = |group: CodecGroup| (group.family, group.message.kind) == (family, kind);
        let times = self.times.iter().filter(|it| of_table(it.group));
        let counts = self.counts.iter().filter(|it| of_table(it.group));
        let names: BTreeSet<&str> = times
            .map(|it| it.library.as_str())
            .chain(counts.map(|it| it.library.as_str()))
            .collect();
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_by_key(|name| *name != FLOOR);
        names
    }

    /// Sizes of everything in such a table.
    fn sizes(&self, family: CodecFamily, kind: MessageKind) -> BTreeSet<u64> {
        self.groups()
            .filter(|it| (it.family, it.message.kind) == (family, kind))
            .map(|it| it.message.size_bytes)
            .collect()
    }

    fn time(&self, library: &str, group: CodecGroup) -> Option<&CodecTime> {
        let mut times = self.times.iter();
        times.find(|it| it.library == library && it.group == group)
    }

    fn count(&self, library: &str, group: CodecGroup) -> Option<&CodecCount> {
        let mut counts = self.counts.iter();
        counts.find(|it| it.library == library && it.group == group)
    }
}

/// What each further message took; `None` when the passes had equally many.
fn instructions(count: &CodecCount) -> Option<f64> {
    let (fewer, more) = (&count.step.fewer, &count.step.more);
    let messages = more.messages as f64 - fewer.messages as f64;
    (messages != 0.0).then(|| (more.total as f64 - fewer.total as f64) / messages)
}

/// Time of a message, in ns: median, lower and upper end of its interval.
fn per_message_ns(time: &CodecTime) -> [f64; 3] {
    let messages = time.messages.max(1) as f64;
    [time.median_ns, time.lower_ns, time.upper_ns].map(|ns| ns / messages)
}

/// `codec.md` and `codec.csv`.
#[must_use]
pub fn render_codec(run: &CodecRun) -> Vec<RenderedFile> {
    vec![
        RenderedFile {
            name: "codec.md",
            text: page::page(run),
        },
        RenderedFile {
            name: "codec.csv",
            text: csv::csv(run),
        },
    ]
}

/// The files of a result folder with those of its codec figures: the folder's
/// own page says that they are there, and nothing else of it changes.
#[must_use]
pub fn with_codec(mut files: Vec<RenderedFile>, run: &CodecRun) -> Vec<RenderedFile> {
    for file in files.iter_mut().filter(|file| file.name == "README.md") {
        file.text.push_str(
            "\n## Beside the tables: codec cost alone\n\n\
             [Codecs without sockets](codec.md) ([CSV](codec.csv)), measured apart from this run; \
             nothing above depends on it, and it ranks nobody. The figures are in \
             [codec.ndjson](codec.ndjson).\n",
        );
    }
    files.extend(render_codec(run));
    files
}
