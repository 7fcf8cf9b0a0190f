//! A short list for somebody's needs and load, with the measured reasons.
//!
//! [`page_data`] reduces findings, facts and conformance reports to
//! [`ChooseData`]; [`choose`] answers a [`Question`] from it. A page that embeds
//! the data as JSON gets the same answers from [`SCRIPT`], which defines
//! `chooseLibrary(data, question)`: a test holds the two against each other, to
//! the last bit. So arithmetic here is what every machine does alike (no
//! logarithms), and sentences stand in the data. JSON of this module has names
//! in camel case, because it is a script's.
//!
//! `docs/CHOOSING.md` says how it is decided.

mod answer;
mod data;
mod date;
mod decide;
mod facts;
mod gather;
mod licence;
mod needs;
mod pick;
mod profiles;
mod question;
mod rank;
mod text;
mod words;
mod workload;

pub use answer::{Alone, Answer, Choice, Other, Pick, RuledOut, Span, Unranked};
pub use data::{
    CHOOSE_VERSION, Candidate, ChooseData, EchoCell, Fact, Figure, Licence, Measured, Named,
    RateRung, Released, RunNote, State,
};
pub use decide::choose;
pub use gather::page_data;
pub use profiles::{Profile, profiles};
pub use question::{Axis, ChooseError, Feature, Needs, Pattern, Question, Workload};
pub use text::{choose_text, profiles_text};

/// Defines `globalThis.chooseLibrary(data, question)`, which takes
/// [`ChooseData`] and [`Question`] as JSON values and returns an [`Answer`]: the
/// same as [`choose`], step by step, pure, without dependencies, and with the
/// same arithmetic. It checks nothing: a page asks only what can be asked.
pub const SCRIPT: &str = concat!(
    "(function () {\n\"use strict\";\n",
    include_str!("script/words.js"),
    include_str!("script/cells.js"),
    include_str!("script/needs.js"),
    include_str!("script/places.js"),
    include_str!("script/pick.js"),
    include_str!("script/answer.js"),
    "})();\n"
);
