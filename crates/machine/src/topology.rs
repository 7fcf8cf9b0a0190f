//! Which processors are threads of one core.

use crate::{file::read, parse_cpu_list};

/// All processors of the core to which `cpu` belongs, itself included; `None`
/// where the kernel doesn't say. A guest sees what its hypervisor makes up.
#[must_use]
pub fn thread_siblings(cpu: u32) -> Option<Vec<u32>> {
    let path = format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
    parse_siblings(&read(path).ok()?, cpu)
}

fn parse_siblings(text: &str, cpu: u32) -> Option<Vec<u32>> {
    parse_cpu_list(text.trim())
        .ok()
        .filter(|siblings| siblings.contains(&cpu))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_a_list_with_the_processor_in_it() {
        assert_eq!(parse_siblings("0-1\n", 1), Some(vec![0, 1]));
        assert_eq!(parse_siblings("2,34\n", 2), Some(vec![2, 34]));
        assert_eq!(parse_siblings("0\n", 1), None);
        assert_eq!(parse_siblings("\n", 0), None);
    }
}
