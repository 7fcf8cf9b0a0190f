//! Codec cost alone, without sockets: what stands in `codec.ndjson`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{CostStep, Host, MessageKind, MessageShape, ToolchainFacts};

/// Version of `codec.ndjson`. It grows when a field changes its meaning or goes
/// away; adding an optional field keeps it.
pub const CODEC_VERSION: u32 = 1;

/// What a benchmark of a codec does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CodecFamily {
    /// Reads it and writes its echo, through the server API, on a stream in
    /// memory.
    Echo,
    /// Parses, unmasks, validates and serialises it, without a stream.
    Frame,
}

impl CodecFamily {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Echo, Self::Frame];
}

impl fmt::Display for CodecFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Echo => "echo",
            Self::Frame => "frame",
        })
    }
}

/// Benchmarks that are compared with each other: one per library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodecGroup {
    /// What is done.
    pub family: CodecFamily,
    /// With what message.
    pub message: MessageShape,
}

/// Units of sizes in names of groups, the largest first.
const UNITS: [(u64, &str); 3] = [(1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")];

/// Kinds of messages in names of groups.
const KINDS: [(MessageKind, &str); 3] = [
    (MessageKind::Binary, "binary"),
    (MessageKind::TextMultibyte, "text"),
    (MessageKind::TextAscii, "ascii"),
];

/// `codec/FAMILY/SIZE/KIND`, such as `codec/echo/16 KiB/binary`.
impl fmt::Display for CodecGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.message.size_bytes;
        let fits = |(unit, _): &&(u64, &str)| size >= *unit && size.is_multiple_of(*unit);
        let (unit, name) = UNITS.iter().find(fits).unwrap_or(&(1, "B"));
        let kind = KINDS.iter().find(|(kind, _)| *kind == self.message.kind);
        let kind = kind.map_or("binary", |(_, name)| name);
        write!(f, "codec/{}/{} {name}/{kind}", self.family, size / unit)
    }
}

impl CodecGroup {
    /// The group of this name; `None` when it is none of ours.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let mut words = name.strip_prefix("codec/")?.split('/');
        let (family, size, kind) = (words.next()?, words.next()?, words.next()?);
        let (count, unit) = size.split_once(' ')?;
        let unit = UNITS.iter().find(|(_, name)| *name == unit)?.0;
        let families = CodecFamily::ALL;
        let group = Self {
            family: *families.iter().find(|it| it.to_string() == family)?,
            message: MessageShape {
                kind: KINDS.iter().find(|(_, name)| *name == kind)?.0,
                size_bytes: count.parse::<u64>().ok()?.checked_mul(unit)?,
            },
        };
        words.next().is_none().then_some(group)
    }
}

/// One library as it was built for a benchmark of its codec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodecLibrary {
    /// Its name.
    pub name: String,
    /// The version in Cargo.lock when it was built.
    pub version: String,
    /// Whether the program had no other library in it. Where it had, their
    /// common dependencies have the features that any of them asks for.
    pub built_alone: bool,
    /// The compiler, `rustc --version`.
    pub rustc: String,
    /// Commit of this project, `None` outside a checkout.
    pub commit: Option<String>,
    /// Whether the checkout had uncommitted changes.
    pub dirty: bool,
    /// When the program started, ns since 1970.
    pub started_at_unix_ns: u64,
}

/// The first line of `codec.ndjson`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodecHeader {
    /// [`CODEC_VERSION`] of the writer.
    #[cfg_attr(feature = "schema", schemars(extend("const" = CODEC_VERSION)))]
    pub codec_version: u32,
    /// When the figures were collected, ns since 1970.
    pub collected_at_unix_ns: u64,
    /// The same as text, `YYYY-MM-DDTHH:MM:SSZ`.
    pub collected_at: String,
    /// The machine.
    pub host: Host,
    /// The compiler and its flags.
    pub toolchain: ToolchainFacts,
    /// The libraries, by name.
    pub libraries: Vec<CodecLibrary>,
}

/// What one library took for one iteration of a benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodecTime {
    /// The library's name.
    pub library: String,
    /// The benchmark.
    #[serde(flatten)]
    pub group: CodecGroup,
    /// Messages of an iteration.
    pub messages: u64,
    /// Time of an iteration, the median of criterion's samples.
    pub median_ns: f64,
    /// Lower end of criterion's interval of that median.
    pub lower_ns: f64,
    /// Upper end of criterion's interval of that median.
    pub upper_ns: f64,
    /// The interval's confidence level, such as 0.95.
    pub confidence_level: f64,
    /// How many samples there were.
    pub samples: u64,
}

/// Instructions of one library in one benchmark, counted by callgrind in two
/// passes whose difference is the messages'.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodecCount {
    /// The library's name.
    pub library: String,
    /// Its version.
    pub version: String,
    /// Whether the program had no other library in it.
    pub built_alone: bool,
    /// The benchmark.
    #[serde(flatten)]
    pub group: CodecGroup,
    /// The tool and its version.
    pub tool: String,
    /// What the two passes counted.
    pub step: CostStep,
}

/// Every line of `codec.ndjson`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "line", rename_all = "kebab-case")]
pub enum CodecLine {
    /// First.
    Header(Box<CodecHeader>),
    /// One per benchmark that was timed.
    Time(CodecTime),
    /// One per benchmark whose instructions were counted.
    Instructions(CodecCount),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_groups_are_read_again() {
        for family in CodecFamily::ALL {
            for (kind, _) in KINDS {
                for size_bytes in [1, 16, 125, 1024, 1500, 16 << 10, 1 << 20, 3 << 20] {
                    let message = MessageShape { kind, size_bytes };
                    let group = CodecGroup { family, message };
                    assert_eq!(CodecGroup::of_name(&group.to_string()), Some(group));
                }
            }
        }
        let group = CodecGroup::of_name("codec/echo/16 KiB/text").unwrap();
        assert_eq!(group.message.size_bytes, 16 * 1024);
        assert_eq!(group.message.kind, MessageKind::TextMultibyte);
    }

    #[test]
    fn other_names_are_none_of_ours() {
        for name in [
            "",
            "codec",
            "mask/16 B",
            "codec/echo/16 KiB",
            "codec/echo/16KiB/text",
            "codec/echo/99999999999999999999 MiB/text",
            "codec/echo/16 KiB/text/more",
            "codec/other/16 KiB/text",
        ] {
            assert_eq!(CodecGroup::of_name(name), None, "{name}");
        }
    }
}
