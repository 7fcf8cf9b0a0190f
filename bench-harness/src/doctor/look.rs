//! Reads the machine.

use std::{collections::BTreeMap, path::Path, process::Command, time::Duration};

use machine::{CpuTicks, PressureOf, ThreadTicks};

use super::{
    facts::{Busiest, Facts, Needs, Sample},
    tools::Tool,
};
use crate::clock::Clock;

/// How long the processors are watched.
const SAMPLE: Duration = Duration::from_secs(1);

/// Looks at everything. Takes about a second.
pub(crate) fn look(
    clock: &dyn Clock,
    server_cpus: &[u32],
    client_cpus: &[u32],
    results: &Path,
    needs: Needs,
) -> Facts {
    let mut chosen = [server_cpus, client_cpus].concat();
    chosen.sort_unstable();
    chosen.dedup();
    let mut governors: Vec<String> = chosen
        .iter()
        .filter_map(|&it| machine::governor(it))
        .collect();
    governors.sort();
    governors.dedup();
    let host = machine::host();
    // Pressure and load first: later they would be this look's own.
    let [
        cpu_pressure_percent,
        memory_pressure_percent,
        io_pressure_percent,
    ] = [PressureOf::Cpu, PressureOf::Memory, PressureOf::Io].map(machine::pressure_percent);
    let load_average = machine::load_average().ok();
    Facts {
        online_cpus: host.cpus,
        allowed_cpus: machine::affinity().unwrap_or_default(),
        server_cpus: server_cpus.to_vec(),
        client_cpus: client_cpus.to_vec(),
        siblings: chosen
            .iter()
            .map(|&cpu| (cpu, machine::thread_siblings(cpu).ok()))
            .collect(),
        governors,
        boost: machine::boost(),
        hypervisor: host.hypervisor,
        sample: sample(clock, &chosen),
        load_average,
        cpu_pressure_percent,
        memory_pressure_percent,
        io_pressure_percent,
        open_files: machine::open_file_limit().ok(),
        ports: machine::local_port_range().ok(),
        time_wait_reuse: machine::time_wait_reuse(),
        backlog_limit: host.backlog_limit,
        syn_backlog: machine::syn_backlog(),
        congestion_control: machine::congestion_control(),
        kernel: host.kernel,
        free_disk_bytes: results
            .ancestors()
            .find_map(|folder| machine::free_disk_bytes(folder).ok()),
        memory_bytes: host.memory_bytes,
        available_memory_bytes: machine::available_memory_bytes().ok(),
        swap_bytes: machine::swap_bytes(),
        clock_source: machine::clock_source(),
        huge_pages: machine::transparent_huge_pages(),
        mitigations: machine::mitigations().map(|it| (it.mitigated, it.vulnerable)),
        rustc: rustc_version(),
        rust_version: env!("CARGO_PKG_RUST_VERSION").to_owned(),
        tools: Tool::ALL.map(|tool| (tool, tool.version())).to_vec(),
        needs,
    }
}

/// `1.95.0`, of the compiler that cargo would call.
fn rustc_version() -> Option<String> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split(' ').nth(1).map(|word| word.trim().to_owned())
}

fn sample(clock: &dyn Clock, chosen: &[u32]) -> Option<Sample> {
    let threads_before = machine::threads();
    let ticks_before = machine::cpu_ticks().ok()?;
    clock.sleep(SAMPLE);
    let ticks_after = machine::cpu_ticks().ok()?;
    let threads_after = machine::threads();
    Some(compare(
        (&ticks_before, &threads_before),
        (&ticks_after, &threads_after),
        chosen,
        std::process::id(),
    ))
}

/// A reading of all processors and threads.
type Reading<'a> = (&'a [(u32, CpuTicks)], &'a [ThreadTicks]);

/// The difference of two readings, without the process `own_pid`.
fn compare(before: Reading<'_>, after: Reading<'_>, chosen: &[u32], own_pid: u32) -> Sample {
    let (mut busy, mut steal, mut total, mut elapsed) = (0, 0, 0, 0);
    for (cpu, later) in after.0 {
        let Some((_, earlier)) = before.0.iter().find(|(number, _)| number == cpu) else {
            continue;
        };
        let passed = later.since(earlier);
        steal += passed.steal;
        total += passed.total();
        elapsed = elapsed.max(passed.total());
        if chosen.contains(cpu) {
            busy += passed.busy();
        }
    }
    let percent = |part: u64, of: u64| 100.0 * part as f64 / of.max(1) as f64;
    let busiest = busiest(before.1, after.1, chosen, own_pid);
    Sample {
        busy_percent: percent(busy, elapsed),
        steal_percent: percent(steal, total),
        busiest: busiest.map(|(thread, ticks)| Busiest {
            pid: thread.pid,
            name: thread.name.clone(),
            percent: percent(ticks, elapsed),
        }),
    }
}

/// The process whose threads used most ticks on the chosen processors, by its
/// busiest thread, and those ticks.
fn busiest<'a>(
    before: &[ThreadTicks],
    after: &'a [ThreadTicks],
    chosen: &[u32],
    own_pid: u32,
) -> Option<(&'a ThreadTicks, u64)> {
    let earlier: BTreeMap<u32, u64> = before.iter().map(|it| (it.tid, it.ticks)).collect();
    let mut processes: BTreeMap<u32, (u64, u64, &ThreadTicks)> = BTreeMap::new();
    for thread in after {
        if !chosen.contains(&thread.cpu) || thread.pid == own_pid {
            continue;
        }
        // A thread that was not there before has started meanwhile.
        let since = earlier.get(&thread.tid).copied().unwrap_or(0);
        let used = thread.ticks.saturating_sub(since);
        let (sum, most, busiest) = processes.entry(thread.pid).or_insert((0, 0, thread));
        *sum += used;
        if used > *most {
            (*most, *busiest) = (used, thread);
        }
    }
    processes
        .into_values()
        .filter(|(sum, ..)| *sum > 0)
        .max_by_key(|(sum, ..)| *sum)
        .map(|(sum, _, thread)| (thread, sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::RealClock;

    fn ticks(user: u64, idle: u64, steal: u64) -> CpuTicks {
        CpuTicks {
            user,
            idle,
            steal,
            ..CpuTicks::default()
        }
    }

    fn thread(pid: u32, tid: u32, name: &str, ticks: u64, cpu: u32) -> ThreadTicks {
        ThreadTicks {
            pid,
            tid,
            name: name.to_owned(),
            ticks,
            cpu,
        }
    }

    #[test]
    fn the_busiest_process_on_the_chosen_processors_is_named() {
        let cpus_before = [(0, ticks(10, 10, 0)), (1, ticks(0, 0, 0))];
        let cpus_after = [(0, ticks(60, 58, 2)), (1, ticks(100, 0, 0))];
        let before = [
            thread(7, 7, "old", 1_000, 0),
            thread(8, 8, "make", 5, 0),
            thread(9, 9, "far", 0, 1),
        ];
        let after = [
            thread(7, 7, "old", 1_010, 0),
            thread(8, 8, "make", 6, 0),
            thread(8, 80, "worker", 15, 0),
            thread(9, 9, "far", 100, 1),
            thread(5, 5, "own", 99, 0),
        ];
        let sample = compare((&cpus_before, &before), (&cpus_after, &after), &[0], 5);
        assert_eq!(sample.busy_percent, 50.0);
        assert_eq!(sample.steal_percent, 1.0);
        let busiest = sample.busiest.unwrap();
        assert_eq!((busiest.pid, busiest.name.as_str()), (8, "worker"));
        assert_eq!(busiest.percent, 16.0);
    }

    #[test]
    fn a_machine_at_rest_has_no_busiest_process() {
        let cpus = [(0, ticks(0, 100, 0))];
        let threads = [thread(7, 7, "idle", 5, 0)];
        let sample = compare((&[], &threads), (&cpus, &threads), &[0], 1);
        assert_eq!(sample.busiest, None);
        assert_eq!(sample.busy_percent, 0.0);
    }

    #[test]
    fn any_machine_can_be_looked_at() {
        let needs = Needs::default();
        let facts = look(&RealClock, &[0], &[0], Path::new("/nonexistent/x"), needs);
        assert_eq!(facts.siblings.len(), 1);
        if cfg!(target_os = "linux") {
            assert!(facts.sample.is_some());
            assert!(facts.free_disk_bytes.is_some(), "of the nearest folder");
        }
    }
}
