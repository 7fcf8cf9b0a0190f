//! The counting allocator, for a server that speaks the contract by itself.

use record::AllocationCounts;

use crate::allocator::{self, ALLOCATOR};

/// Sets every count to 0 and counts from here on.
pub fn on() {
    ALLOCATOR.count_on();
}

/// Stops counting; the counts stay as they are.
pub fn off() {
    ALLOCATOR.count_off();
}

/// The counts since [`on`].
#[must_use]
pub fn counts() -> AllocationCounts {
    ALLOCATOR.counts()
}

/// Leaves what this thread allocates and frees out of every count.
pub fn exclude_this_thread() {
    allocator::exclude_this_thread();
}
