//! Hostile input against a server on this machine: what it did, and whether it
//! survived.
//!
//! [`catalogue`] lists the probes with their rules. [`run`] makes one of them:
//! it keeps an innocent client talking to the server, watches the server's
//! process through a [`Gauge`], sends what the probe sends, and looks whether
//! the server recovers. [`Evidence::judge`] grades what was seen, by rules that
//! are pure functions.
//!
//! Whatever a server does, a probe ends: it has bounds on its time, on what it
//! sends and on how many connections it has, it keeps next to nothing of what
//! comes back, and it stops sending when the server grows past the probe's
//! bound.

mod answer;
mod catalogue;
mod client;
mod context;
mod crowd;
mod deflate;
mod exchange;
mod fault;
mod innocent;
mod judge;
mod outgoing;
mod record;
mod report;
mod request;
mod run;
mod sampler;
mod scripts;
mod seen;
mod sources;
mod wanted;

pub use catalogue::{GrowthBound, NoSuchProbe, Probe, Whose, catalogue, choose};
pub use context::{Bounds, Gauge, Unseen, Usage};
pub use fault::{Fault, Severity};
pub use judge::Grade;
pub use record::{
    ConnectionState, Cost, ExchangeRecord, HAZARDS_VERSION, InnocentRecord, ProbeRecord,
};
pub use report::{HazardReport, Survival};
pub use run::{Ending, Evidence, NotServing, run};
pub use sources::public_source;
