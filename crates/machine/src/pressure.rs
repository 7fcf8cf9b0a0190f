//! Pressure stall information: how much of the time work waited.

use crate::file::read;

/// What work can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PressureOf {
    /// A processor.
    Cpu,
    /// Memory.
    Memory,
    /// Disks.
    Io,
}

/// Per cent of the last ten seconds in which at least one task waited; `None`
/// where the kernel doesn't say (`/proc/pressure` is an option of its build).
#[must_use]
pub fn pressure_percent(of: PressureOf) -> Option<f64> {
    let name = match of {
        PressureOf::Cpu => "cpu",
        PressureOf::Memory => "memory",
        PressureOf::Io => "io",
    };
    parse_some(&read(format!("/proc/pressure/{name}")).ok()?)
}

fn parse_some(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let value = line
        .split_ascii_whitespace()
        .find_map(|word| word.strip_prefix("avg10="))?;
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ten_seconds_of_some_task() {
        let text = "some avg10=12.50 avg60=3.00 avg300=0.73 total=151277231\n\
                    full avg10=1.00 avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!(parse_some(text), Some(12.5));
        assert_eq!(parse_some("full avg10=1.00 total=0\n"), None);
        assert_eq!(parse_some("some avg10=x\n"), None);
    }
}
