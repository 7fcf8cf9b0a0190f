//! Which processors are threads of one core.

use crate::{MachineError, error::Problem, file::read_with, parse_cpu_list};

/// The processors that share a core with `cpu`, itself included; from
/// `/sys/devices/system/cpu/cpuN/topology/thread_siblings_list`.
///
/// # Errors
/// When the kernel doesn't tell, or elsewhere than on Linux.
pub fn thread_siblings(cpu: u32) -> Result<Vec<u32>, MachineError> {
    read_with(
        format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"),
        |list| parse_cpu_list(list).map_err(|_| Problem("no list of processors")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_is_on_its_own_core() {
        for cpu in crate::affinity().unwrap_or_default() {
            // Some virtual machines and containers hide the topology.
            if let Ok(siblings) = thread_siblings(cpu) {
                assert!(siblings.contains(&cpu), "{cpu}: {siblings:?}");
            }
        }
        assert!(thread_siblings(u32::MAX).is_err());
    }
}
