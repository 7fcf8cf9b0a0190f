//! OpenMetrics 1.0 text: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.
//! Base units (seconds, bytes) as suffixes. Samples have no timestamps: whoever
//! scrapes the text gives them, and a family says when the run started.

mod family;

use record::{AllocationSubject, CostKind, Role};

use self::family::{Family, Kind, Labels, Unit};
use super::{
    figure::{Figure, admitted, at, figures},
    measure::{Count, Level, Measure},
};
use crate::{
    Findings, Run,
    findings::{CellFinding, EntryFinding, Metric, Percentiles, RowDetail},
};

const NS_PER_S: f64 = 1e9;

/// The metrics that a row is compared by, in the order of the families.
const MEDIANS: [Metric; 10] = [
    Metric::ServerCpuNsPerMessage,
    Metric::MessagesPerS,
    Metric::ResponseP50Ns,
    Metric::ResponseP99Ns,
    Metric::ServerCpuNsPerHandshake,
    Metric::HandshakesPerS,
    Metric::HandshakeP50Ns,
    Metric::HandshakeP99Ns,
    Metric::RssBytesPerConnection,
    Metric::PssBytesPerConnection,
];

const COUNTS: [Count; 4] = [
    Count::Allocations,
    Count::Reallocations,
    Count::AllocatedBytes,
    Count::LiveBytes,
];

pub(super) fn text(run: &Run, findings: &Findings) -> String {
    let mut families = vec![run_info(findings), started(run), servers(findings)];
    families.extend(trials(findings));
    let figures = figures(findings);
    for metric in MEDIANS {
        families.extend(medians(&figures, metric));
    }
    families.extend(summaries(findings));
    families.extend(COUNTS.map(|count| allocations(&figures, count)));
    families
        .extend([CostKind::SystemCalls, CostKind::Instructions].map(|kind| costs(&figures, kind)));
    let mut text: String = families.iter().map(Family::text).collect();
    text.push_str("# EOF\n");
    text
}

fn run_info(findings: &Findings) -> Family {
    let run = &findings.run;
    let mut family = Family::new("run", Unit::None, Kind::Info, "The run that was measured.");
    let labels = Labels::default()
        .with("started_at", &run.started_at)
        .with("commit", run.commit.as_deref().unwrap_or_default())
        .with("dirty", &run.dirty.to_string())
        .with("host", &run.host.name)
        .with("cpu_model", &run.host.cpu_model)
        .with("operating_system", &run.host.operating_system)
        .with("kernel", &run.host.kernel)
        .with("rustc", &run.toolchain.rustc)
        .with("effort", &run.effort.level.to_string())
        .with("seed", &run.seed.to_string())
        .with("is_partial", &run.is_partial().to_string());
    family.sample("_info", &labels, 1.0);
    family
}

fn started(run: &Run) -> Family {
    let help = "When the run started, since 1970.";
    let mut family = Family::new("run_start_timestamp", Unit::Seconds, Kind::Gauge, help);
    let at = run.header.started_at_unix_ns as f64 / NS_PER_S;
    family.sample("", &Labels::default(), at);
    family
}

fn servers(findings: &Findings) -> Family {
    let help = "A server that took part: its library, version and runtime.";
    let mut family = Family::new("server", Unit::None, Kind::Info, help);
    for entry in &findings.entries {
        let labels = server(entry)
            .with("library", &entry.library)
            .with("version", &entry.version)
            .with("runtime", &entry.runtime);
        family.sample("_info", &labels, 1.0);
    }
    family
}

fn server(entry: &EntryFinding) -> Labels {
    let role = match entry.key.role {
        Role::Baseline => "baseline",
        Role::Contender => "contender",
        Role::Again => "again",
    };
    Labels::default()
        .with("server", &entry.key.contender)
        .with("variant", &entry.key.variant.to_string())
        .with("role", role)
}

fn row(cell: &CellFinding, entry: &EntryFinding) -> Labels {
    server(entry).with("cell", &cell.name)
}

/// How many trials stand behind each row, rows without figures included.
fn trials(findings: &Findings) -> [Family; 2] {
    let help = "Trials that the row's figures come from.";
    let mut valid = Family::new("valid_trials", Unit::None, Kind::Gauge, help);
    let help = "Trials of the row on record.";
    let mut recorded = Family::new("recorded_trials", Unit::None, Kind::Gauge, help);
    for cell in &findings.cells {
        for (entry, found) in findings.entries.iter().zip(&cell.rows) {
            if found.planned_blocks == 0 && found.recorded_trials == 0 {
                continue;
            }
            let labels = row(cell, entry);
            valid.sample("", &labels, found.valid_trials as f64);
            recorded.sample("", &labels, found.recorded_trials as f64);
        }
    }
    [valid, recorded]
}

/// The median over blocks and both ends of its interval.
fn medians(figures: &[Figure<'_>], metric: Metric) -> [Family; 3] {
    let (name, unit, scale, what) = describe(metric);
    let family = |suffix: &str, help: String| {
        Family::new(&format!("{name}{suffix}"), unit, Kind::Gauge, &help)
    };
    let mut middle = family("", format!("{what}: the median over blocks."));
    let mut lower = family(
        "_lower",
        format!("{what}: lower end of the median's interval, under 6 blocks of the range."),
    );
    let mut upper = family(
        "_upper",
        format!("{what}: upper end of the median's interval, under 6 blocks of the range."),
    );
    let wanted = figures
        .iter()
        .filter(|figure| figure.measure == Measure::Median(metric));
    for figure in wanted {
        let labels = row(figure.cell, figure.entry);
        middle.sample("", &labels, figure.value / scale);
        if let Some(interval) = figure.interval {
            lower.sample("", &labels, interval.lower / scale);
            upper.sample("", &labels, interval.upper / scale);
        }
    }
    [middle, lower, upper]
}

fn describe(metric: Metric) -> (&'static str, Unit, f64, &'static str) {
    match metric {
        Metric::ServerCpuNsPerMessage => (
            "server_cpu_per_message",
            Unit::Seconds,
            NS_PER_S,
            "CPU time of the server per message",
        ),
        Metric::GeneratorCpuNsPerMessage => (
            "generator_cpu_per_message",
            Unit::Seconds,
            NS_PER_S,
            "CPU time of the load generator per message",
        ),
        Metric::MessagesPerS => (
            "throughput",
            Unit::MessagesPerSecond,
            1.0,
            "Echoes completed per second of the window",
        ),
        Metric::ResponseP50Ns => (
            "response_time_p50_over_blocks",
            Unit::Seconds,
            NS_PER_S,
            "Each block's own median of planned instant to complete echo",
        ),
        Metric::ResponseP99Ns => (
            "response_time_p99_over_blocks",
            Unit::Seconds,
            NS_PER_S,
            "Each block's own 99th percentile of planned instant to complete echo",
        ),
        Metric::HandshakesPerS => (
            "throughput",
            Unit::HandshakesPerSecond,
            1.0,
            "Opening handshakes per second",
        ),
        Metric::ServerCpuNsPerHandshake => (
            "server_cpu_per_handshake",
            Unit::Seconds,
            NS_PER_S,
            "CPU time of the server per handshake, closing included",
        ),
        Metric::HandshakeP50Ns => (
            "handshake_time_p50_over_blocks",
            Unit::Seconds,
            NS_PER_S,
            "Each block's own median of connect to 101",
        ),
        Metric::HandshakeP99Ns => (
            "handshake_time_p99_over_blocks",
            Unit::Seconds,
            NS_PER_S,
            "Each block's own 99th percentile of connect to 101",
        ),
        Metric::RssBytesPerConnection => (
            "rss_per_connection",
            Unit::Bytes,
            1.0,
            "Resident memory per idle connection",
        ),
        Metric::PssBytesPerConnection => (
            "pss_per_connection",
            Unit::Bytes,
            1.0,
            "Proportional memory per idle connection",
        ),
    }
}

/// Percentiles of the merged histograms.
fn summaries(findings: &Findings) -> [Family; 3] {
    let family = |name: &str, what: &str| {
        let help = format!(
            "{what}, the histograms of all valid trials merged; quantile 1 is the largest value."
        );
        Family::new(name, Unit::Seconds, Kind::Summary, &help)
    };
    let mut response = family("response_time", "Planned instant to complete echo");
    let mut service = family("service_time", "Write to complete echo");
    let mut handshake = family("handshake_time", "Connect to 101");
    for cell in &findings.cells {
        for (index, entry) in admitted(findings) {
            let labels = row(cell, entry);
            match cell.detail(index) {
                Some(RowDetail::Echo(echo)) => {
                    let Some(latency) = &echo.latency else {
                        continue;
                    };
                    summary(&mut response, &labels, &latency.response);
                    if let Some(found) = &latency.service {
                        summary(&mut service, &labels, found);
                    }
                }
                Some(RowDetail::Handshakes(found)) => {
                    summary(&mut handshake, &labels, &found.latency);
                }
                _ => {}
            }
        }
    }
    [response, service, handshake]
}

fn summary(family: &mut Family, labels: &Labels, found: &Percentiles) {
    for level in Level::ALL {
        if let Some(ns) = at(found, level) {
            let labels = labels.clone().with("quantile", level.quantile());
            family.sample("", &labels, ns as f64 / NS_PER_S);
        }
    }
    family.sample("_count", labels, found.count as f64);
}

fn allocations(figures: &[Figure<'_>], count: Count) -> Family {
    let (name, unit, help) = match count {
        Count::Allocations => (
            "allocations_per_operation",
            Unit::None,
            "New blocks per message, handshake or connection.",
        ),
        Count::Reallocations => (
            "reallocations_per_operation",
            Unit::None,
            "Resized blocks per message, handshake or connection.",
        ),
        Count::AllocatedBytes => (
            "allocated_per_operation",
            Unit::Bytes,
            "Memory asked for per message, handshake or connection.",
        ),
        Count::LiveBytes => (
            "live_per_operation",
            Unit::Bytes,
            "Memory that stayed allocated per message, handshake or connection.",
        ),
    };
    let mut family = Family::new(name, unit, Kind::Gauge, help);
    let wanted = figures
        .iter()
        .filter(|figure| figure.measure == Measure::Allocation(count));
    for figure in wanted {
        family.sample("", &labels_of(figure), figure.value);
    }
    family
}

fn costs(figures: &[Figure<'_>], kind: CostKind) -> Family {
    let (name, help) = match kind {
        CostKind::SystemCalls => (
            "system_calls_per_message",
            "Calls into the kernel per message, one message at a time.",
        ),
        CostKind::Instructions => (
            "instructions_per_message",
            "Instructions in user mode per message, one message at a time.",
        ),
    };
    let mut family = Family::new(name, Unit::None, Kind::Gauge, help);
    let wanted = figures
        .iter()
        .filter(|figure| figure.measure == Measure::Cost(kind));
    for figure in wanted {
        family.sample("", &labels_of(figure), figure.value);
    }
    family
}

fn labels_of(figure: &Figure<'_>) -> Labels {
    let labels = row(figure.cell, figure.entry);
    match figure.subject {
        Some(AllocationSubject::Message { size_bytes }) => labels
            .with("subject", "message")
            .with("size_bytes", &size_bytes.to_string()),
        Some(AllocationSubject::Handshake) => labels.with("subject", "handshake"),
        Some(AllocationSubject::Connection) => labels.with("subject", "connection"),
        None => labels,
    }
}
