//! Is this machine fit for a measurement, and what does it do to the numbers?
//!
//! Three steps: [`look`] reads the machine into [`Facts`], [`judge`] makes
//! [`Finding`]s of them (pure), and [`report`] or [`in_a_line`] makes text.

mod facts;
mod finding;
mod judge;
mod look;
mod text;
mod tools;
mod words;

pub(crate) use facts::{Facts, Needs};
pub(crate) use finding::{Finding, Severity};
pub(crate) use judge::judge;
pub(crate) use look::look;
pub(crate) use text::{in_a_line, json, report, schema};
pub(crate) use tools::Tool;
