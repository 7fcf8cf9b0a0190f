//! Each fact that can be wrong, made wrong alone.

use super::*;
use crate::doctor::{
    facts::{Busiest, Needs, Sample},
    tools::Tool,
};

/// A machine without fault.
fn good() -> Facts {
    let some = |text: &str| Some(text.to_owned());
    Facts {
        online_cpus: 8,
        allowed_cpus: (0..8).collect(),
        server_cpus: vec![0],
        client_cpus: vec![2],
        siblings: vec![(0, Some(vec![0, 1])), (2, Some(vec![2, 3]))],
        governors: vec!["performance".to_owned()],
        boost: Some(false),
        hypervisor: None,
        sample: Some(Sample {
            busy_percent: 0.0,
            steal_percent: 0.0,
            busiest: None,
        }),
        load_average: Some(0.1),
        cpu_pressure_percent: Some(0.0),
        memory_pressure_percent: Some(0.0),
        io_pressure_percent: Some(0.0),
        open_files: Some((1_024, 1 << 20)),
        ports: Some((1_024, 65_535)),
        time_wait_reuse: Some(2),
        backlog_limit: 4_096,
        syn_backlog: Some(4_096),
        congestion_control: some("cubic"),
        kernel: "6.1.0-13-amd64".to_owned(),
        free_disk_bytes: Some(100 * GIB),
        memory_bytes: 32 * GIB,
        available_memory_bytes: Some(16 * GIB),
        swap_bytes: Some((4 * GIB, 0)),
        clock_source: some("tsc"),
        huge_pages: some("madvise"),
        mitigations: Some((Vec::new(), Vec::new())),
        rustc: some("1.95.0"),
        rust_version: "1.91".to_owned(),
        tools: vec![(Tool::Strace, some("strace -- version 6.1"))],
        needs: Needs {
            connections: 10_000,
            handshakes: true,
            memory: true,
        },
    }
}

/// What is not good after `change`.
fn wrong(change: impl FnOnce(&mut Facts)) -> Vec<(&'static str, Severity)> {
    let mut facts = good();
    change(&mut facts);
    judge(&facts)
        .into_iter()
        .filter(|finding| finding.severity != Severity::Good)
        .map(|finding| (finding.seen.subject(), finding.severity))
        .collect()
}

#[test]
fn a_machine_without_fault_has_none() {
    assert_eq!(wrong(|_| {}), []);
}

#[test]
fn each_fault_is_named_alone_with_its_weight() {
    use Severity::{Blocking, Note, Warning};
    type Case = (&'static str, Severity, fn(&mut Facts));
    let cases: &[Case] = &[
        ("processors", Note, |it| it.allowed_cpus = vec![0, 2]),
        ("placement", Warning, |it| it.client_cpus = vec![0]),
        ("placement", Warning, |it| it.client_cpus = vec![1]),
        ("placement", Note, |it| it.siblings[0].1 = None),
        ("frequency governor", Warning, |it| {
            it.governors = vec!["performance".to_owned(), "powersave".to_owned()];
        }),
        ("frequency governor", Note, |it| it.governors.clear()),
        ("turbo", Note, |it| it.boost = Some(true)),
        ("virtualisation", Note, |it| {
            it.hypervisor = Some("KVM".to_owned());
        }),
        ("steal", Warning, |it| {
            it.sample.as_mut().unwrap().steal_percent = 1.0;
        }),
        ("steal", Note, |it| {
            it.sample.as_mut().unwrap().steal_percent = 0.5;
        }),
        ("other processes", Warning, |it| {
            let sample = it.sample.as_mut().unwrap();
            sample.busy_percent = 50.0;
            sample.busiest = Some(Busiest {
                pid: 7,
                name: "make".to_owned(),
                percent: 40.0,
            });
        }),
        ("load average", Warning, |it| it.load_average = Some(8.0)),
        ("pressure", Warning, |it| {
            it.memory_pressure_percent = Some(1.0);
        }),
        ("pressure", Note, |it| it.cpu_pressure_percent = None),
        ("open files", Warning, |it| {
            it.open_files = Some((1_024, 10_063));
        }),
        ("ports", Warning, |it| it.ports = Some((50_000, 65_535))),
        ("reuse of ports", Warning, |it| it.time_wait_reuse = Some(0)),
        ("backlog", Warning, |it| it.backlog_limit = 128),
        ("backlog", Note, |it| it.syn_backlog = Some(128)),
        ("congestion control", Warning, |it| {
            it.congestion_control = Some("bbr".to_owned());
        }),
        ("congestion control", Note, |it| {
            it.congestion_control = Some("westwood".to_owned());
        }),
        ("kernel", Blocking, |it| it.kernel = "5.10.0".to_owned()),
        ("kernel", Note, |it| it.kernel = "unknown".to_owned()),
        ("disk", Warning, |it| it.free_disk_bytes = Some(GIB - 1)),
        ("disk", Blocking, |it| it.free_disk_bytes = Some(0)),
        ("memory", Warning, |it| {
            it.available_memory_bytes = Some(512 * MIB);
        }),
        ("memory", Blocking, |it| it.available_memory_bytes = Some(0)),
        ("swap", Warning, |it| {
            it.swap_bytes = Some((4 * GIB, GIB));
        }),
        ("swap", Note, |it| it.swap_bytes = Some((4 * GIB, 1))),
        ("clock source", Warning, |it| {
            it.clock_source = Some("hpet".to_owned());
        }),
        ("huge pages", Note, |it| {
            it.huge_pages = Some("always".to_owned());
        }),
        ("mitigations", Note, |it| {
            it.mitigations = Some((vec!["meltdown".to_owned()], Vec::new()));
        }),
        ("toolchain", Blocking, |it| it.rustc = None),
        ("toolchain", Blocking, |it| {
            it.rustc = Some("1.90.2".to_owned());
        }),
        ("strace", Note, |it| it.tools[0].1 = None),
    ];
    for (subject, severity, change) in cases {
        assert_eq!(wrong(change), [(*subject, *severity)], "{subject}");
    }
}

#[test]
fn what_the_scenarios_do_not_need_is_no_warning() {
    let few = |it: &mut Facts| {
        it.needs = Needs {
            connections: 64,
            ..Needs::default()
        };
    };
    assert_eq!(
        wrong(|it| {
            few(it);
            it.open_files = Some((1_024, 1_024));
            it.ports = Some((60_000, 60_999));
        }),
        []
    );
    assert_eq!(
        wrong(|it| {
            few(it);
            it.time_wait_reuse = Some(0);
            it.swap_bytes = Some((4 * GIB, GIB));
        }),
        [("reuse of ports", Severity::Note), ("swap", Severity::Note)]
    );
}

#[test]
fn what_is_worst_comes_first_and_says_what_to_do() {
    let mut facts = good();
    facts.kernel = "4.19".to_owned();
    facts.congestion_control = Some("bbr".to_owned());
    facts.tools[0].1 = None;
    let found = judge(&facts);
    let first: Vec<_> = found.iter().take(3).map(|it| it.seen.subject()).collect();
    assert_eq!(first, ["kernel", "congestion control", "strace"]);
    assert!(found.is_sorted_by_key(|it| std::cmp::Reverse(it.severity)));
    for finding in &found[..3] {
        assert!(finding.change().is_some(), "{finding:?}");
        assert!(!finding.meaning().is_empty());
    }
}

#[test]
fn an_unknown_machine_is_judged_without_a_panic() {
    let found = judge(&Facts::default());
    assert!(found.len() > 20);
    for finding in found {
        assert!(!finding.seen.in_words().is_empty());
        assert!(!finding.meaning().is_empty());
    }
}

#[test]
fn versions_are_their_first_two_numbers() {
    assert_eq!(version("6.18.44-fc-v595"), Some((6, 18)));
    assert_eq!(version("1.95.0-nightly"), Some((1, 95)));
    assert_eq!(version("1.91"), Some((1, 91)));
    assert_eq!(version("unknown"), None);
}
