//! Limits that decide how many connections a process can hold.

use std::{io, path::Path};

use crate::{MachineError, error::Problem, file::read_with, system};

/// Open files allowed to this process: the limit in force and the limit up to
/// which it may raise that itself. Unlimited is `u64::MAX`.
///
/// # Errors
/// Elsewhere than on Linux.
pub fn open_file_limit() -> io::Result<(u64, u64)> {
    system::open_file_limit()
}

/// Raises the limit on open files as far as this process may; returns the limit
/// that is now in force. Processes that it starts inherit it.
///
/// # Errors
/// When the kernel refuses, or elsewhere than on Linux.
pub fn raise_open_file_limit() -> io::Result<u64> {
    let (soft, hard) = system::open_file_limit()?;
    if soft < hard {
        system::set_open_file_limit(hard, hard)?;
    }
    Ok(hard)
}

/// First and last of the ports that outgoing connections get: how many one
/// client address can open to one server port.
///
/// # Errors
/// Elsewhere than on Linux.
pub fn local_port_range() -> Result<(u16, u16), MachineError> {
    read_with("/proc/sys/net/ipv4/ip_local_port_range", parse_port_range)
}

/// Memory that new work can take without swapping.
///
/// # Errors
/// Elsewhere than on Linux.
pub fn available_memory_bytes() -> Result<u64, MachineError> {
    read_with("/proc/meminfo", |meminfo| {
        crate::file::kib_field_in_bytes(meminfo, "MemAvailable").ok_or(Problem("no MemAvailable"))
    })
}

/// Space that this user may still fill on the disk that holds `path`.
///
/// # Errors
/// When there is no such path, or elsewhere than on Linux.
pub fn free_disk_bytes(path: &Path) -> io::Result<u64> {
    system::free_bytes(path)
}

fn parse_port_range(text: &str) -> Result<(u16, u16), Problem> {
    let mut ports = text.split_ascii_whitespace().map(str::parse);
    match (ports.next(), ports.next(), ports.next()) {
        (Some(Ok(first)), Some(Ok(last)), None) if first <= last => Ok((first, last)),
        _ => Err(Problem("not two ports")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_range_is_two_ports_in_order() {
        assert_eq!(parse_port_range("32768\t60999\n"), Ok((32768, 60999)));
        for text in ["", "1", "2 1", "1 2 3", "1 99999", "a b"] {
            assert!(parse_port_range(text).is_err(), "{text:?}");
        }
    }
}
