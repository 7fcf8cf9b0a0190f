//! Records in, tables out: Markdown, CSV, JSON, HTML and terminal text; no I/O.
//!
//! The way is [`Run::parse`] (text of `run.ndjson` → [`Run`]), [`analyse`]
//! (→ [`Findings`], every number before it becomes text) and one of the
//! renderers: [`render_folder`] for a result folder, [`readme_section`] with
//! [`splice`] for the project's README, [`newest_page`] for `results/README.md`
//! and [`terminal_summary`]. All of them are pure: the same input gives the
//! same bytes, and a run that was interrupted is an input like any other.
//! [`render_html`] puts it all on one page, with what other records say of the
//! same contenders ([`Beside`]). [`compare`] holds the findings of two runs against each other, and
//! [`mod@choose`] makes a short list for somebody's needs from one.
//! [`render_facts`] and [`render_fairness`] show what is known of the libraries
//! besides what was measured of their servers.
//! [`plot::plots`] draws findings as SVG.
#![forbid(unsafe_code)]

mod analyse;
pub mod choose;
mod codec;
pub mod compare;
pub mod export;
pub mod findings;
mod html;
mod parallel;
pub mod plot;
mod render;
mod run;
mod schema;
mod staleness;
mod text;
mod version;

pub use analyse::{analyse, analyse_admitted};
pub use codec::{CODEC_FILE, CodecError, CodecRun, render_codec, with_codec};
pub use findings::{Findings, file_stem};
pub use html::{Beside, HTML_FILE, HtmlError, render_html};
pub use render::{
    AgainstError, AgainstSuite, BEGIN, END, FairnessEntry, RenderedFile, ReportFileError,
    SpliceError, TerminalOptions, TestedFile, against_suite, conformance_summary, hazards_summary,
    newest_page, read_admission, read_conformance, read_hazards, readme_section,
    render_conformance, render_facts, render_fairness, render_folder, render_hazards, splice,
    terminal_summary,
};
pub use run::{Run, RunError};
pub use schema::schema_files;
pub use staleness::{Outdated, PinnedContender, Staleness};
pub use version::READ_VERSIONS;
