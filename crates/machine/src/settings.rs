//! Settings of the kernel and the processor that change what is measured.
//!
//! Each is `None` where the kernel doesn't show it.

use std::{fs, path::Path};

use crate::file::{kib_field_in_bytes, read};

/// A file's text without the space around it, when there is any.
fn line(path: &str) -> Option<String> {
    let text = read(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A file that holds one number.
fn number(path: &str) -> Option<u64> {
    line(path)?.parse().ok()
}

/// The congestion control that new TCP connections get, such as `cubic`.
#[must_use]
pub fn congestion_control() -> Option<String> {
    line("/proc/sys/net/ipv4/tcp_congestion_control")
}

/// What the kernel reads the time from, such as `tsc`.
#[must_use]
pub fn clock_source() -> Option<String> {
    line("/sys/devices/system/clocksource/clocksource0/current_clocksource")
}

/// Half-open connections that a listening socket may have (`tcp_max_syn_backlog`).
#[must_use]
pub fn syn_backlog() -> Option<u64> {
    number("/proc/sys/net/ipv4/tcp_max_syn_backlog")
}

/// `tcp_tw_reuse`: 0 never, 1 everywhere, 2 on loopback only.
#[must_use]
pub fn time_wait_reuse() -> Option<u64> {
    number("/proc/sys/net/ipv4/tcp_tw_reuse")
}

/// Mode of transparent huge pages: `always`, `madvise` or `never`.
#[must_use]
pub fn transparent_huge_pages() -> Option<String> {
    chosen(&line("/sys/kernel/mm/transparent_hugepage/enabled")?)
}

/// The word in brackets, with which the kernel marks the choice in force.
fn chosen(text: &str) -> Option<String> {
    let (_, behind) = text.split_once('[')?;
    let (word, _) = behind.split_once(']')?;
    Some(word.to_owned())
}

/// Frequency governor of a processor.
#[must_use]
pub fn governor(cpu: u32) -> Option<String> {
    line(&format!(
        "/sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor"
    ))
}

/// Whether processors may run above their nominal frequency.
#[must_use]
pub fn boost() -> Option<bool> {
    let on = number("/sys/devices/system/cpu/cpufreq/boost").map(|value| value != 0);
    on.or_else(|| number("/sys/devices/system/cpu/intel_pstate/no_turbo").map(|value| value == 0))
}

/// Swap in bytes: all of it, and what is in use.
#[must_use]
pub fn swap_bytes() -> Option<(u64, u64)> {
    parse_swap(&read("/proc/meminfo").ok()?)
}

fn parse_swap(meminfo: &str) -> Option<(u64, u64)> {
    let total = kib_field_in_bytes(meminfo, "SwapTotal")?;
    let free = kib_field_in_bytes(meminfo, "SwapFree")?;
    Some((total, total.saturating_sub(free)))
}

/// What the kernel does about flaws of the processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mitigations {
    /// Flaws that are worked around, which costs time.
    pub mitigated: Vec<String>,
    /// Flaws that are left as they are.
    pub vulnerable: Vec<String>,
}

/// Mitigations, from the folder `vulnerabilities`.
#[must_use]
pub fn mitigations() -> Option<Mitigations> {
    let folder = Path::new("/sys/devices/system/cpu/vulnerabilities");
    let mut states: Vec<(String, String)> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let state = read(entry.path()).ok()?;
            Some((entry.file_name().to_string_lossy().into_owned(), state))
        })
        .collect();
    states.sort();
    Some(sort_mitigations(&states))
}

fn sort_mitigations(states: &[(String, String)]) -> Mitigations {
    let mut sorted = Mitigations::default();
    for (name, state) in states {
        let state = state.trim();
        if state.starts_with("Vulnerable") {
            sorted.vulnerable.push(name.clone());
        } else if state.contains("Mitigation") {
            sorted.mitigated.push(name.clone());
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_stands_in_brackets() {
        assert_eq!(chosen("always [madvise] never").as_deref(), Some("madvise"));
        assert_eq!(chosen("always madvise never"), None);
        assert_eq!(chosen("[never"), None);
    }

    #[test]
    fn swap_in_use_is_what_is_not_free() {
        let meminfo = "MemTotal: 8 kB\nSwapTotal:    4096 kB\nSwapFree:    1024 kB\n";
        assert_eq!(parse_swap(meminfo), Some((4096 * 1024, 3072 * 1024)));
        assert_eq!(parse_swap("MemTotal: 8 kB\n"), None);
    }

    #[test]
    fn mitigations_are_told_from_what_is_open() {
        let states = [
            ("itlb_multihit", "Not affected\n"),
            (
                "mds",
                "Vulnerable: Clear CPU buffers attempted, no microcode\n",
            ),
            ("meltdown", "Mitigation: PTI\n"),
            ("itlb", "KVM: Mitigation: VMX unsupported\n"),
        ]
        .map(|(name, state)| (name.to_owned(), state.to_owned()));
        let sorted = sort_mitigations(&states);
        assert_eq!(sorted.mitigated, ["meltdown", "itlb"]);
        assert_eq!(sorted.vulnerable, ["mds"]);
    }
}
