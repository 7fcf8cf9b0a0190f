//! The readers against the real kernel, on this process and its children.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::{
    hint::black_box,
    process::{Child, Command, Stdio},
    thread,
};

use machine::{
    ProcessClock, affinity, cpu_ticks, format_cpu_list, host, local_port_range, monotonic_ns,
    open_file_limit, own_cpu_ns, own_thread_cpu_ns, parse_cpu_list, process_memory,
    process_switches, process_ticks, raise_open_file_limit, realtime_ns, set_affinity, ticks_per_s,
};

/// Works until this thread has used this much CPU time, however long that takes.
fn use_cpu(ns: u64) {
    let start = own_thread_cpu_ns().unwrap();
    let mut work = 0u64;
    while own_thread_cpu_ns().unwrap() < start + ns {
        for step in 0..1000 {
            work = black_box(work.wrapping_add(step));
        }
    }
}

/// A child that is ended with the test.
struct Shell(Child);

impl Shell {
    fn run(script: &str) -> Self {
        let child = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Two threads that want one processor wait for each other.
#[test]
fn waiting_for_a_processor_is_counted() {
    const WORK_NS: u64 = 50_000_000;
    if machine::thread_run_queue_wait_ns().is_err() {
        eprintln!("skipped: this kernel has no /proc/thread-self/schedstat");
        return;
    }
    let cpu = affinity().unwrap()[0];
    let busy = || {
        thread::spawn(move || {
            set_affinity(&[cpu]).unwrap();
            use_cpu(WORK_NS);
            machine::thread_run_queue_wait_ns().unwrap()
        })
    };
    let (one, other) = (busy(), busy());
    let waited_ns = one.join().unwrap() + other.join().unwrap();
    assert!(waited_ns >= WORK_NS / 4, "{waited_ns} ns");
}

#[test]
fn stalls_never_shrink() {
    let Ok(before) = machine::stalls() else {
        eprintln!("skipped: this kernel has no pressure stall information");
        return;
    };
    let after = machine::stalls().unwrap();
    assert!(after.cpu_ns >= before.cpu_ns && after.io_ns >= before.io_ns);
    assert!(after.memory_ns >= before.memory_ns);
}

#[test]
fn cpu_clocks_count_work() {
    const WORK_NS: u64 = 20_000_000;
    let clock = ProcessClock::of(std::process::id()).unwrap();
    let (own, observed) = (own_cpu_ns().unwrap(), clock.now_ns().unwrap());
    use_cpu(WORK_NS);
    assert!(own_cpu_ns().unwrap() >= own + WORK_NS);
    assert!(clock.now_ns().unwrap() >= observed + WORK_NS);
}

#[test]
fn cpu_clock_of_a_process_counts_threads_that_ended() {
    const WORK_NS: u64 = 20_000_000;
    let clock = ProcessClock::of(std::process::id()).unwrap();
    let before = clock.now_ns().unwrap();
    let thread_alone = own_thread_cpu_ns().unwrap();
    thread::spawn(|| use_cpu(WORK_NS)).join().unwrap();
    assert!(clock.now_ns().unwrap() >= before + WORK_NS);
    assert!(own_thread_cpu_ns().unwrap() < thread_alone + WORK_NS);
}

#[test]
fn cpu_clock_of_a_spinning_child_grows_until_it_is_waited_for() {
    let mut child = Shell::run("while :; do :; done");
    let clock = ProcessClock::of(child.0.id()).unwrap();
    let before = clock.now_ns().unwrap();
    while clock.now_ns().unwrap() < before + 20_000_000 {
        thread::yield_now();
    }
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    let error = clock.now_ns().unwrap_err().to_string();
    assert!(error.contains(&child.0.id().to_string()), "{error}");
    assert!(ProcessClock::of(child.0.id()).is_err());
}

#[test]
fn process_numbers_that_are_none_are_refused() {
    assert!(ProcessClock::of(0).is_err());
    assert!(ProcessClock::of(u32::MAX).is_err());
    let error = process_ticks(u32::MAX).unwrap_err().to_string();
    assert!(error.contains("/proc/4294967295/stat"), "{error}");
}

#[test]
fn ticks_count_work_in_user_mode() {
    let pid = std::process::id();
    let before = process_ticks(pid).unwrap();
    let ns_per_tick = 1_000_000_000 / ticks_per_s();
    // Reading the clock is a system call; user mode gets the rest.
    let mut rounds = 0;
    while process_ticks(pid).unwrap().user < before.user + 2 {
        use_cpu(ns_per_tick);
        rounds += 1;
        assert!(rounds < 1000, "user time doesn't grow");
    }
}

#[test]
fn memory_grows_by_what_is_touched() {
    const TOUCHED_BYTES: usize = 32 << 20;
    let pid = std::process::id();
    let before = process_memory(pid).unwrap();
    assert!(before.pss_bytes > 0 && before.pss_bytes <= before.rss_bytes);
    let touched = black_box(vec![1u8; TOUCHED_BYTES]);
    let during = process_memory(pid).unwrap();
    // Other tests of this process free less than half of it meanwhile.
    assert!(during.rss_bytes >= before.rss_bytes + TOUCHED_BYTES as u64 / 2);
    assert!(during.peak_rss_bytes >= during.rss_bytes);
    drop(touched);
    let after = process_memory(pid).unwrap();
    assert!(after.peak_rss_bytes >= before.rss_bytes + TOUCHED_BYTES as u64 / 2);
}

#[test]
fn switches_count_a_thread_that_waits() {
    let mut child = Shell::run("read line");
    let pid = child.0.id();
    // It waits for its input, which is a voluntary switch.
    let mut switches = process_switches(pid).unwrap();
    while switches.voluntary == 0 {
        thread::yield_now();
        switches = process_switches(pid).unwrap();
    }
    assert_eq!(switches.threads, 1);
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    assert!(process_switches(pid).is_err());
}

#[test]
fn switches_count_every_thread() {
    let (end, wait) = std::sync::mpsc::channel::<()>();
    let thread = thread::spawn(move || wait.recv());
    let switches = process_switches(std::process::id()).unwrap();
    assert!(switches.threads >= 2, "{switches:?}");
    drop(end);
    assert!(thread.join().unwrap().is_err());
}

#[test]
fn processors_tick() {
    let before = cpu_ticks().unwrap();
    let total = |cpus: &[(u32, machine::CpuTicks)]| -> u64 {
        cpus.iter().map(|(_, ticks)| ticks.busy()).sum()
    };
    while total(&cpu_ticks().unwrap()) < total(&before) + 2 {
        use_cpu(1_000_000_000 / ticks_per_s());
    }
    let after = cpu_ticks().unwrap();
    let numbers = |cpus: &[(u32, _)]| cpus.iter().map(|(number, _)| *number).collect::<Vec<_>>();
    assert_eq!(numbers(&after), numbers(&before));
    assert_eq!(after.len() as u32, host().cpus);
}

#[test]
fn affinity_holds_for_the_thread_and_its_children() {
    thread::spawn(|| {
        let all = affinity().unwrap();
        let one = *all.last().unwrap();
        set_affinity(&[one]).unwrap();
        assert_eq!(affinity().unwrap(), [one]);
        assert_eq!(thread::spawn(|| affinity().unwrap()).join().unwrap(), [one]);
        let status = Command::new("cat")
            .arg("/proc/self/status")
            .output()
            .unwrap();
        let status = String::from_utf8(status.stdout).unwrap();
        assert!(status.contains(&format!("Cpus_allowed_list:\t{one}\n")));
        set_affinity(&all).unwrap();
        assert_eq!(affinity().unwrap(), all);
        let list = format_cpu_list(&all);
        assert_eq!(parse_cpu_list(&list).unwrap(), all);
    })
    .join()
    .unwrap();
}

#[test]
fn impossible_affinities_are_refused() {
    for cpus in [&[][..], &[1023], &[100_000]] {
        let error = set_affinity(cpus).unwrap_err().to_string();
        assert!(error.contains(&format_cpu_list(cpus)), "{error}");
    }
}

#[test]
fn the_limit_on_open_files_is_raised_to_the_hard_one() {
    let (_, hard) = open_file_limit().unwrap();
    assert_eq!(raise_open_file_limit().unwrap(), hard);
    assert_eq!(open_file_limit().unwrap(), (hard, hard));
    // Once more changes nothing.
    assert_eq!(raise_open_file_limit().unwrap(), hard);
}

#[test]
fn host_is_described() {
    let host = host();
    assert!(!host.name.is_empty() && !host.operating_system.is_empty());
    assert_ne!(host.kernel, "unknown");
    assert!(host.cpus as usize >= affinity().unwrap().len());
    assert!(host.memory_bytes > machine::available_memory_bytes().unwrap());
    assert!(host.open_files > 0 && host.backlog_limit > 0);
    let (first, last) = local_port_range().unwrap();
    assert!(0 < first && first <= last);
}

#[test]
fn clocks_advance() {
    let (monotonic, realtime) = (monotonic_ns(), realtime_ns());
    use_cpu(1_000_000);
    assert!(monotonic_ns() >= monotonic + 1_000_000);
    // 2020-01-01: a time of day, not a time since the boot.
    assert!(realtime > 1_577_836_800_000_000_000);
}
