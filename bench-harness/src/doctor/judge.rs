//! From facts to findings: pure.

use super::{
    facts::Facts,
    finding::{Finding, Seen, Severity},
};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Open files that a process needs besides its connections.
const OTHER_FILES: u64 = 64;

/// Ports that opening handshakes in a row may use up within a minute, the time
/// for which a closed connection keeps its port.
const HANDSHAKE_PORTS: u32 = 16_000;

/// Connections that may knock at the same time.
const KNOCKING: u64 = 1_024;

/// The first kernel with `epoll_pwait2`, which the load generator needs.
const OLDEST_KERNEL: (u32, u32) = (5, 11);

/// Everything that can be said, the most important first within the order in
/// which things are looked at.
pub(crate) fn judge(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    processors(facts, &mut found);
    neighbours(facts, &mut found);
    network(facts, &mut found);
    system(facts, &mut found);
    tools(facts, &mut found);
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    found
}

fn processors(facts: &Facts, found: &mut Vec<Finding>) {
    use Severity::{Good, Note, Warning};
    let allowed = facts.allowed_cpus.clone();
    let few = if allowed.len() > 2 { Good } else { Note };
    found.push(finding(
        few,
        Seen::Processors {
            online: facts.online_cpus,
            allowed,
        },
    ));
    found.push(placement(facts));
    found.push(finding(
        match facts.governors.as_slice() {
            [] => Note,
            names if names.iter().all(|name| name == "performance") => Good,
            _ => Warning,
        },
        Seen::Governor {
            names: facts.governors.clone(),
        },
    ));
    let on = facts.boost;
    let severity = if on == Some(false) { Good } else { Note };
    found.push(finding(severity, Seen::Boost { on }));
    let name = facts.hypervisor.clone();
    let severity = if name.is_some() { Note } else { Good };
    found.push(finding(severity, Seen::Hypervisor { name }));
}

/// Do servers and generator share a processor, or a core?
fn placement(facts: &Facts) -> Finding {
    let (server, client) = (&facts.server_cpus, &facts.client_cpus);
    let both = server.iter().filter(|cpu| client.contains(cpu));
    let shared: Vec<u32> = both.copied().collect();
    if !shared.is_empty() {
        return finding(Severity::Warning, Seen::SharedProcessors { shared });
    }
    let mut pairs = Vec::new();
    for cpu in server {
        let Some((_, Some(core))) = facts.siblings.iter().find(|(number, _)| number == cpu) else {
            return finding(Severity::Note, Seen::CoresUnknown);
        };
        let others = client.iter().filter(|other| core.contains(other));
        pairs.extend(others.map(|other| (*cpu, *other)));
    }
    if !pairs.is_empty() {
        return finding(Severity::Warning, Seen::SharedCores { pairs });
    }
    let (server, client) = (server.clone(), client.clone());
    finding(Severity::Good, Seen::Apart { server, client })
}

fn neighbours(facts: &Facts, found: &mut Vec<Finding>) {
    let sample = facts.sample.as_ref();
    let percent = sample.map(|it| it.steal_percent);
    found.push(finding(graded(percent, 0.05, 1.0), Seen::Steal { percent }));
    let percent = sample.map(|it| it.busy_percent);
    found.push(finding(
        graded(percent, 3.0, 10.0),
        Seen::Busy {
            percent,
            busiest: sample.and_then(|it| it.busiest.clone()),
        },
    ));
    let average = facts.load_average;
    let cpus = facts.online_cpus.max(1);
    let per_cpu = average.map(|average| average / f64::from(cpus));
    found.push(finding(
        graded(per_cpu, 0.3, 1.0),
        Seen::Load { average, cpus },
    ));
    let worst = [
        graded(facts.cpu_pressure_percent, 2.0, 10.0),
        graded(facts.memory_pressure_percent, 0.1, 1.0),
        graded(facts.io_pressure_percent, 5.0, 20.0),
    ];
    found.push(finding(
        worst.into_iter().max().unwrap_or(Severity::Note),
        Seen::Pressure {
            cpu_percent: facts.cpu_pressure_percent,
            memory_percent: facts.memory_pressure_percent,
            io_percent: facts.io_pressure_percent,
        },
    ));
}

fn network(facts: &Facts, found: &mut Vec<Finding>) {
    use Severity::{Good, Note, Warning};
    let needed = u64::from(facts.needs.connections) + OTHER_FILES;
    // The harness raises the limit in force as far as it may.
    let limit = facts.open_files.map(|(_, hard)| hard);
    let severity = match limit {
        None => Note,
        Some(limit) if limit < needed => Warning,
        Some(_) => Good,
    };
    found.push(finding(severity, Seen::OpenFiles { limit, needed }));

    let handshakes = u32::from(facts.needs.handshakes) * HANDSHAKE_PORTS;
    let needed = facts.needs.connections.max(handshakes);
    let count = facts
        .ports
        .map(|(first, last)| u32::from(last.saturating_sub(first)) + 1);
    let severity = match count {
        None => Note,
        Some(count) if count < needed => Warning,
        Some(_) => Good,
    };
    found.push(finding(severity, Seen::Ports { count, needed }));

    let mode = facts.time_wait_reuse;
    let severity = match mode {
        Some(0) if facts.needs.handshakes => Warning,
        None | Some(0) => Note,
        Some(_) => Good,
    };
    found.push(finding(severity, Seen::TimeWaitReuse { mode }));

    let (limit, half_open) = (facts.backlog_limit, facts.syn_backlog);
    let severity = if limit < KNOCKING {
        Warning
    } else if half_open.is_some_and(|half_open| half_open < KNOCKING / 2) {
        Note
    } else {
        Good
    };
    found.push(finding(severity, Seen::Backlog { limit, half_open }));

    let name = facts.congestion_control.clone();
    let severity = match name.as_deref() {
        Some("cubic" | "reno") => Good,
        Some(name) if name.starts_with("bbr") => Warning,
        _ => Note,
    };
    found.push(finding(severity, Seen::CongestionControl { name }));
}

fn system(facts: &Facts, found: &mut Vec<Finding>) {
    use Severity::{Blocking, Good, Note, Warning};
    let severity = match version(&facts.kernel) {
        Some(kernel) if kernel < OLDEST_KERNEL => Blocking,
        Some(_) => Good,
        None => Note,
    };
    found.push(finding(
        severity,
        Seen::Kernel {
            release: facts.kernel.clone(),
        },
    ));
    let free_bytes = facts.free_disk_bytes;
    let severity = scarce(free_bytes, GIB, 64 * MIB);
    found.push(finding(severity, Seen::Disk { free_bytes }));
    let available_bytes = facts.available_memory_bytes;
    let severity = scarce(available_bytes, GIB, 256 * MIB);
    found.push(finding(severity, Seen::Memory { available_bytes }));
    let total_and_used = facts.swap_bytes;
    let severity = match total_and_used {
        None | Some((_, 0)) => Good,
        Some((_, used)) if used > 64 * MIB && facts.needs.memory => Warning,
        Some(_) => Note,
    };
    found.push(finding(severity, Seen::Swap { total_and_used }));
    let name = facts.clock_source.clone();
    let severity = match name.as_deref() {
        Some("tsc" | "arch_sys_counter" | "kvm-clock" | "hyperv_clocksource_tsc_page") => Good,
        Some(_) => Warning,
        None => Note,
    };
    found.push(finding(severity, Seen::ClockSource { name }));
    let mode = facts.huge_pages.clone();
    let severity = match mode.as_deref() {
        Some("always") | None => Note,
        Some(_) => Good,
    };
    found.push(finding(severity, Seen::HugePages { mode }));
    if let Some((mitigated, vulnerable)) = facts.mitigations.clone() {
        let none = mitigated.is_empty() && vulnerable.is_empty();
        let severity = if none { Good } else { Note };
        let seen = Seen::Mitigations {
            mitigated,
            vulnerable,
        };
        found.push(finding(severity, seen));
    }
}

fn tools(facts: &Facts, found: &mut Vec<Finding>) {
    use Severity::{Blocking, Good, Note};
    let needed = version(&facts.rust_version);
    let severity = match facts.rustc.as_deref().map(version) {
        None => Blocking,
        Some(Some(found)) if Some(found) < needed => Blocking,
        Some(Some(_)) => Good,
        Some(None) => Note,
    };
    found.push(finding(
        severity,
        Seen::Toolchain {
            found: facts.rustc.clone(),
            needed: facts.rust_version.clone(),
        },
    ));
    for (tool, version) in facts.tools.clone() {
        let severity = if version.is_some() { Good } else { Note };
        found.push(finding(severity, Seen::OptionalTool { tool, version }));
    }
}

fn finding(severity: Severity, seen: Seen) -> Finding {
    Finding { severity, seen }
}

/// Good below `note`, a warning from `warning` on; unknown is a note.
fn graded(value: Option<f64>, note: f64, warning: f64) -> Severity {
    match value {
        None => Severity::Note,
        Some(value) if value >= warning => Severity::Warning,
        Some(value) if value >= note => Severity::Note,
        Some(_) => Severity::Good,
    }
}

/// A warning below `warning` bytes, blocking below `blocking`; unknown is a note.
fn scarce(bytes: Option<u64>, warning: u64, blocking: u64) -> Severity {
    match bytes {
        None => Severity::Note,
        Some(bytes) if bytes < blocking => Severity::Blocking,
        Some(bytes) if bytes < warning => Severity::Warning,
        Some(_) => Severity::Good,
    }
}

/// The first two numbers of `6.18.44-fc` or `1.95.0-nightly`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|character: char| !character.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
