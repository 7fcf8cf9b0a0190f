//! The cases of RFC 6455 against any server.
//!
//! What is sent and what should come back stands in a table ([`CaseTable`]),
//! made from facts about the cases of Autobahn|Testsuite and judged by the same
//! rules. [`run`] plays the cases on connections of its own, many at once, and
//! returns what came back with the verdicts, as values of the `record` crate.
//!
//! Nothing is printed here, and whatever a server does, a run ends: every
//! connection has limits on its time, on what is kept of what came, and on what
//! waits to be sent.
#![forbid(unsafe_code)]

mod attempt;
mod case;
mod deflate;
mod explain;
pub mod hazards;
mod judge;
mod matching;
mod message;
mod outgoing;
mod pace;
mod payload;
mod peer;
mod play;
mod replay;
mod rules;
mod run;
mod select;
mod socket;
mod target;

pub use case::{
    AtLimit, BeginStep, Case, CaseId, CaseTable, CloseRule, CompressedStep, EchoesStep, Expect,
    ExpectedEvent, FrameStep, MessageStep, NotACaseId, Side, Step, TableError, WaitStep,
};
pub use deflate::Sample;
pub use payload::{Hex, NotHex, Payload};
pub use replay::{read_response, replay};
pub use run::{Limits, Outcome, run};
pub use select::{NoSuchCase, Pattern, PatternError, select};
pub use socket::Endpoint;
pub use target::{Target, TargetError};
