//! Findings in words: what was looked at, what was seen, what it means for the
//! numbers, and what to change.

use super::{
    facts::Busiest,
    finding::{Finding, Seen},
};

const MIB: u64 = 1 << 20;

impl Seen {
    /// What was looked at.
    pub(crate) fn subject(&self) -> &'static str {
        match self {
            Self::Processors { .. } => "processors",
            Self::Apart { .. }
            | Self::SharedProcessors { .. }
            | Self::SharedCores { .. }
            | Self::CoresUnknown => "placement",
            Self::Governor { .. } => "frequency governor",
            Self::Boost { .. } => "turbo",
            Self::Hypervisor { .. } => "virtualisation",
            Self::Steal { .. } => "steal",
            Self::Busy { .. } => "other processes",
            Self::Load { .. } => "load average",
            Self::Pressure { .. } => "pressure",
            Self::OpenFiles { .. } => "open files",
            Self::Ports { .. } => "ports",
            Self::TimeWaitReuse { .. } => "reuse of ports",
            Self::Backlog { .. } => "backlog",
            Self::CongestionControl { .. } => "congestion control",
            Self::Kernel { .. } => "kernel",
            Self::Disk { .. } => "disk",
            Self::Memory { .. } => "memory",
            Self::Swap { .. } => "swap",
            Self::ClockSource { .. } => "clock source",
            Self::HugePages { .. } => "huge pages",
            Self::Mitigations { .. } => "mitigations",
            Self::Toolchain { .. } => "toolchain",
            Self::OptionalTool { tool, .. } => tool.program(),
        }
    }

    /// What was seen.
    pub(crate) fn in_words(&self) -> String {
        let list = |cpus: &[u32]| machine::format_cpu_list(cpus);
        match self {
            Self::Processors { online, allowed } => {
                format!("{online} online, allowed: {}", list(allowed))
            }
            Self::Apart { server, client } => format!(
                "servers on {}, load generator on {}, no core in common",
                list(server),
                list(client)
            ),
            Self::SharedProcessors { shared } => {
                format!("server and load generator share processor {}", list(shared))
            }
            Self::SharedCores { pairs } => {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(server, client)| format!("{server} and {client}"))
                    .collect();
                format!("threads of one core: {}", pairs.join(", "))
            }
            Self::CoresUnknown => "the kernel doesn't say which share a core".to_owned(),
            Self::Governor { names } if names.is_empty() => not_shown(),
            Self::Governor { names } => names.join(", "),
            Self::Boost { on } => on.map_or_else(not_shown, |on| on_off(on).to_owned()),
            Self::Hypervisor { name } => name.clone().unwrap_or_else(|| "none seen".to_owned()),
            Self::Steal { percent } => {
                let percent = percent.map(|it| format!("{it:.1} % of a second"));
                percent.unwrap_or_else(not_shown)
            }
            Self::Busy { percent, busiest } => busy(*percent, busiest.as_ref()),
            Self::Load { average, cpus } => average.map_or_else(not_shown, |average| {
                format!("{average:.2} over the last minute, {cpus} processors")
            }),
            Self::Pressure {
                cpu_percent,
                memory_percent,
                io_percent,
            } => {
                let part = |name: &str, percent: &Option<f64>| {
                    let percent = percent.map(|it| format!("{it:.1} %"));
                    format!("{name} {}", percent.unwrap_or_else(not_shown))
                };
                [
                    part("processors", cpu_percent),
                    part("memory", memory_percent),
                    part("disks", io_percent),
                ]
                .join(", ")
            }
            Self::OpenFiles { limit, needed } => {
                let limit = limit.map_or_else(not_shown, |limit| limit.to_string());
                format!("{limit} allowed, {needed} needed")
            }
            Self::Ports { count, needed } => {
                let count = count.map_or_else(not_shown, |count| count.to_string());
                format!("{count} for outgoing connections, up to {needed} needed")
            }
            Self::TimeWaitReuse { mode } => match mode {
                None => not_shown(),
                Some(0) => "off (tcp_tw_reuse 0)".to_owned(),
                Some(2) => "on loopback (tcp_tw_reuse 2)".to_owned(),
                Some(mode) => format!("on (tcp_tw_reuse {mode})"),
            },
            Self::Backlog { limit, half_open } => format!(
                "somaxconn {limit}, tcp_max_syn_backlog {}",
                half_open.map_or_else(not_shown, |it| it.to_string())
            ),
            Self::CongestionControl { name } | Self::ClockSource { name } => {
                name.clone().unwrap_or_else(not_shown)
            }
            Self::Kernel { release } if release.is_empty() => not_shown(),
            Self::Kernel { release } => release.clone(),
            Self::Disk { free_bytes: bytes } => {
                let free = bytes.map(|it| format!("{} MiB free for results", it / MIB));
                free.unwrap_or_else(not_shown)
            }
            Self::Memory {
                available_bytes: bytes,
            } => {
                let free = bytes.map(|it| format!("{} MiB available", it / MIB));
                free.unwrap_or_else(not_shown)
            }
            Self::Swap { total_and_used } => match total_and_used {
                None | Some((0, _)) => "none".to_owned(),
                Some((total, used)) => format!("{} of {} MiB used", used / MIB, total / MIB),
            },
            Self::HugePages { mode } => mode.clone().unwrap_or_else(not_shown),
            Self::Mitigations {
                mitigated,
                vulnerable,
            } => format!(
                "worked around: {}; open: {}",
                names(mitigated),
                names(vulnerable)
            ),
            Self::Toolchain { found, needed } => {
                let found = found.as_deref().unwrap_or("rustc not found");
                format!("{found}, {needed} or newer needed")
            }
            Self::OptionalTool { version, .. } => {
                version.clone().unwrap_or_else(|| "not found".to_owned())
            }
        }
    }
}

impl Finding {
    /// What it means for the numbers, where it is not as it should be.
    pub(crate) fn meaning(&self) -> &'static str {
        match &self.seen {
            Seen::Processors { .. } => {
                "the harness wakes up beside the load generator, and everything else on this \
                 machine runs beside one of the two"
            }
            Seen::Apart { .. } => "they don't take time from each other",
            Seen::SharedProcessors { .. } => {
                "they take time from each other, so throughput and latency say little; CPU time \
                 per message still counts"
            }
            Seen::SharedCores { .. } => {
                "they share execution units and caches: whoever works slows the other down, and \
                 CPU time grows with the load generator's work"
            }
            Seen::CoresUnknown => "they may share a core and slow each other down",
            Seen::Governor { names } if names.is_empty() => {
                "the frequency may change unseen; blocks spread that over all rows"
            }
            Seen::Governor { .. } => {
                "the frequency follows the load: a processor that waits gets slow, and CPU time \
                 per message grows at low rates"
            }
            Seen::Boost { .. } => {
                "the frequency may depend on heat and on who else works; blocks spread that over \
                 all rows"
            }
            Seen::Hypervisor { .. } => {
                "system calls, wake-ups and timers cost more than on bare metal, and neighbours \
                 are invisible but for steal; ratios travel better than figures"
            }
            Seen::Steal { .. } => {
                "the hypervisor ran others in that time: latency and throughput suffer, CPU time \
                 less so"
            }
            Seen::Busy { .. } => {
                "they take time and caches from server or load generator while it measures"
            }
            Seen::Load { .. } => "others have been at work in the last minute",
            Seen::Pressure { .. } => "work waited; what is measured now would wait as well",
            Seen::OpenFiles { .. } => {
                "idle levels above the limit are left out, other scenarios fail"
            }
            Seen::Ports { .. } => "connections beyond that number fail to open",
            Seen::TimeWaitReuse { .. } => {
                "ports of closed connections stay taken for a minute; handshakes in a row may run \
                 out of them"
            }
            Seen::Backlog { .. } => {
                "connections that come at once may be dropped and tried again after a second, \
                 which looks like a slow server"
            }
            Seen::CongestionControl { name } if is_bbr(name.as_deref()) => {
                "it sends by timers, at a rate that it estimates from round trips, on loopback \
                 too. Where processors are contended the estimate has been seen to collapse \
                 (arXiv:2601.05665; cubic has no such rate), and the timers cost CPU time. Expect \
                 it in large messages (1 MiB), hardly in those of one segment"
            }
            Seen::CongestionControl { .. } => {
                "loopback loses nothing, but an algorithm that paces adds timers to large messages"
            }
            Seen::Kernel { .. } => "the load generator needs epoll_pwait2, which came with 5.11",
            Seen::Disk { .. } => "records are written after each trial; a full disk ends the run",
            Seen::Memory { .. } => {
                "idle connections and 1 MiB messages need memory; without it the kernel reclaims \
                 or kills"
            }
            Seen::Swap { .. } => {
                "memory figures count resident pages only: what is swapped out is missing"
            }
            Seen::ClockSource { .. } => {
                "reading the time may be a system call or slower; load generator and asynchronous \
                 runtimes read it for every wake-up"
            }
            Seen::HugePages { .. } => {
                "large allocations may get pages of 2 MiB: memory per connection then comes in \
                 steps, and page faults get rarer"
            }
            Seen::Mitigations { .. } => {
                "they make system calls dearer or leave them cheap: kernel time compares only \
                 with machines that do the same"
            }
            Seen::Toolchain { .. } => "the servers can't be built",
            Seen::OptionalTool { tool, .. } => tool.loss(),
        }
    }

    /// What to change, where something can be changed.
    pub(crate) fn change(&self) -> Option<String> {
        let text = match &self.seen {
            Seen::SharedProcessors { .. } => {
                "use a machine with two processors, or --server-cpus and --client-cpus"
            }
            Seen::SharedCores { .. } | Seen::CoresUnknown => {
                "choose processors of different cores with --server-cpus and --client-cpus"
            }
            Seen::Governor { names } if !names.is_empty() => {
                "sudo cpupower frequency-set -g performance"
            }
            Seen::Boost { on: Some(true) } => {
                "switch it off where the absolute figures matter \
                 (/sys/devices/system/cpu/cpufreq/boost or intel_pstate/no_turbo)"
            }
            Seen::Steal { .. } => "take a machine with processors of its own, or more blocks",
            Seen::Busy { .. } | Seen::Load { .. } => {
                "end what is not needed, and wait until the machine is at rest"
            }
            Seen::Pressure { .. } => "wait until the machine is at rest",
            Seen::OpenFiles { .. } => "raise the hard limit (ulimit -Hn, limits.conf)",
            Seen::Ports { .. } => "sysctl -w net.ipv4.ip_local_port_range=\"15000 65000\"",
            Seen::TimeWaitReuse { mode: Some(0) } => "sysctl -w net.ipv4.tcp_tw_reuse=2",
            Seen::Backlog { .. } => {
                "sysctl -w net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096"
            }
            Seen::CongestionControl { name: Some(_) } => {
                "sysctl -w net.ipv4.tcp_congestion_control=cubic"
            }
            Seen::Kernel { .. } => "run on Linux 5.11 or newer",
            Seen::Disk { .. } => "free some space, or choose another folder with --output",
            Seen::Memory { .. } => "end what uses it, or leave out the scenario idle",
            Seen::Swap { .. } => "end what uses the memory",
            Seen::ClockSource { name: Some(_) } => {
                "choose tsc if available_clocksource has it \
                 (/sys/devices/system/clocksource/clocksource0/)"
            }
            Seen::HugePages { mode: Some(_) } => {
                "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"
            }
            Seen::Toolchain { found: None, .. } => "install Rust: https://rustup.rs",
            Seen::Toolchain { .. } => "rustup update stable",
            Seen::OptionalTool { tool, .. } => {
                let package = tool.package();
                return Some(format!(
                    "apt-get install {package} (or your system's package)"
                ));
            }
            _ => return None,
        };
        Some(text.to_owned())
    }
}

fn is_bbr(name: Option<&str>) -> bool {
    name.is_some_and(|name| name.starts_with("bbr"))
}

fn not_shown() -> String {
    "not shown by the kernel".to_owned()
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn names(list: &[String]) -> String {
    if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(", ")
    }
}

fn busy(percent: Option<f64>, busiest: Option<&Busiest>) -> String {
    let Some(percent) = percent else {
        return not_shown();
    };
    let used = format!("{percent:.0} % of a processor on those chosen");
    match busiest {
        Some(busiest) => format!(
            "{used}, most by {} (process {}, {:.0} %)",
            busiest.name, busiest.pid, busiest.percent
        ),
        None => used,
    }
}
