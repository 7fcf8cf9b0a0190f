//! On which processors a thread may run.

use std::io;

use crate::system;

/// The processors that the calling thread may run on, in ascending order.
///
/// # Errors
/// With more than 1024 processors, or elsewhere than on Linux.
pub fn affinity() -> io::Result<Vec<u32>> {
    system::affinity()
}

/// Lets the calling thread run on these processors only. Threads and processes
/// that it starts afterwards inherit that.
///
/// # Errors
/// When none of them is online or allowed, when a number is above 1023, or
/// elsewhere than on Linux.
pub fn set_affinity(cpus: &[u32]) -> io::Result<()> {
    system::set_affinity(cpus).map_err(|error| {
        let list = crate::format_cpu_list(cpus);
        io::Error::new(
            error.kind(),
            format!("could not keep to the processors {list:?}, are they online? ({error})"),
        )
    })
}
