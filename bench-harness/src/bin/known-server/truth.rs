//! What is known about a server.

use crate::{fault::Faults, pause::Pauses};

/// Everything in which one known server differs from another.
#[derive(Debug)]
pub(crate) struct Truth {
    /// What it does wrong, and when.
    pub(crate) faults: Faults,
    /// CPU time burnt on top of all work, in per cent of it.
    pub(crate) burn_percent: u32,
    /// When it stands still.
    pub(crate) pauses: Option<Pauses>,
    /// Allocations per message.
    pub(crate) allocations: u32,
    /// Bytes of each.
    pub(crate) allocation_bytes: usize,
}
