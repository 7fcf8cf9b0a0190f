//! What the pages on tests of servers share, those on the cases of RFC 6455 and
//! those on hostile input; and how the reports behind them are read back.

use conformance::hazards::{HAZARDS_VERSION, HazardReport};
use record::{
    AdmissionReport, CONFORMANCE_VERSION, ConformanceReport, SCHEMA_VERSION, TestedServer,
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    findings::file_stem,
    text::{code, escaped},
};

/// A file of a folder of reports on servers that were tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedFile {
    /// Its name inside the folder.
    pub name: String,
    /// Its whole text.
    pub text: String,
}

/// The name of a server that leads to its page; `prefix` leads to their folder.
pub(super) fn page_link(name: &str, prefix: &str) -> String {
    format!("[{}]({prefix}{}.md)", escaped(name), file_stem(name))
}

/// A file that can't be read as a report on a server that was tested.
#[derive(Debug, thiserror::Error)]
pub enum ReportFileError {
    /// It is no such file, or a broken one.
    #[error("this is no {kind} report: {source}")]
    Broken {
        /// What it should be.
        kind: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// It was written by another version of this program.
    #[error(
        "this {kind} report has version {found}, and version {known} is read here: run \
         `bench-harness {verb}` again"
    )]
    OtherVersion {
        /// What it is.
        kind: &'static str,
        /// The verb that writes it.
        verb: &'static str,
        /// Its version.
        found: u32,
        /// The one that is read.
        known: u32,
    },
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// Reads the text of a file that `bench-harness conformance` wrote.
///
/// # Errors
/// When it is none, or of another version.
pub fn read_conformance(text: &str) -> Result<ConformanceReport, ReportFileError> {
    read(text, CONFORMANCE_VERSION, "conformance", "conformance")
}

/// Reads the text of a file that `bench-harness check --save` wrote.
///
/// # Errors
/// When it is none, or of another version.
pub fn read_admission(text: &str) -> Result<AdmissionReport, ReportFileError> {
    read(text, SCHEMA_VERSION, "admission", "check --save")
}

/// Reads the text of a file that `bench-harness hazards` wrote.
///
/// # Errors
/// When it is none, or of another version.
pub fn read_hazards(text: &str) -> Result<HazardReport, ReportFileError> {
    read(text, HAZARDS_VERSION, "hazard", "hazards")
}

fn read<T: DeserializeOwned>(
    text: &str,
    known: u32,
    kind: &'static str,
    verb: &'static str,
) -> Result<T, ReportFileError> {
    let broken = |source| ReportFileError::Broken { kind, source };
    let Version { schema_version } = serde_json::from_str(text).map_err(broken)?;
    if schema_version != known {
        return Err(ReportFileError::OtherVersion {
            kind,
            verb,
            found: schema_version,
            known,
        });
    }
    serde_json::from_str(text).map_err(broken)
}

/// Which server it was, as a sentence in Markdown.
pub(super) fn about(server: &TestedServer) -> String {
    match server {
        TestedServer::Contender {
            library,
            version,
            runtime,
            variant,
        } => format!(
            "{} {}, runtime {}, variant {variant}.",
            escaped(library),
            escaped(version),
            escaped(runtime)
        ),
        TestedServer::Url { url } => format!("The server at {}.", code(url)),
    }
}

/// Library and version of a contender; empty for a URL.
pub(super) fn library(server: &TestedServer) -> (String, String) {
    match server {
        TestedServer::Contender {
            library, version, ..
        } => (library.clone(), version.clone()),
        TestedServer::Url { .. } => (String::new(), String::new()),
    }
}

/// Seconds with one digit.
pub(super) fn seconds(ns: u64) -> String {
    format!("{:.1}", ns as f64 / 1e9)
}
