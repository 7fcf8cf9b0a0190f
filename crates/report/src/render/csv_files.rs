//! The tables as CSV: raw numbers, units in the names of columns.

use record::{AllocationSubject, Role};
use statistics::Verdict;

use crate::{
    findings::{
        AllocationFigure, CellFinding, Findings, Metric, Percentiles, RowDetail, RowStatus,
    },
    text::Csv,
};

const KEY_COLUMNS: [&str; 11] = [
    "cell",
    "scenario",
    "server",
    "variant",
    "role",
    "library",
    "version",
    "runtime",
    "status",
    "valid_trials",
    "recorded_trials",
];

pub(super) fn cpu(findings: &Findings) -> String {
    let cells = findings.echo_cells().chain(findings.rate_cells());
    let metrics = [
        Metric::ServerCpuNsPerMessage,
        Metric::GeneratorCpuNsPerMessage,
    ];
    let details = [
        "user_share",
        "user_ns_per_message",
        "kernel_ns_per_message",
        "ticks",
        "voluntary_switches_per_message",
        "server_busy_share",
        "generator_busy_share",
    ];
    file(findings, cells, &metrics, &details, |cell, entry| {
        let detail = cell.detail(entry).and_then(RowDetail::echo);
        vec![
            number(detail.and_then(|it| it.user_share)),
            number(detail.and_then(|it| it.user_ns_per_message)),
            number(detail.and_then(|it| it.kernel_ns_per_message)),
            detail.map(|it| it.ticks.to_string()).unwrap_or_default(),
            number(detail.map(|it| it.voluntary_switches_per_message)),
            number(detail.map(|it| it.server_busy)),
            number(detail.map(|it| it.generator_busy)),
        ]
    })
}

pub(super) fn throughput(findings: &Findings) -> String {
    let details = [
        "mib_per_s",
        "server_busy_share",
        "generator_busy_share",
        "is_generator_bound",
        "frames_per_message",
    ];
    file(
        findings,
        findings.echo_cells(),
        &[Metric::MessagesPerS],
        &details,
        |cell, entry| {
            let detail = cell.detail(entry).and_then(RowDetail::echo);
            vec![
                number(detail.map(|it| it.mib_per_s)),
                number(detail.map(|it| it.server_busy)),
                number(detail.map(|it| it.generator_busy)),
                detail
                    .map(|it| it.is_generator_bound.to_string())
                    .unwrap_or_default(),
                number(detail.map(|it| it.frames_per_message)),
            ]
        },
    )
}

pub(super) fn latency(findings: &Findings) -> String {
    let metrics = [Metric::ResponseP50Ns, Metric::ResponseP99Ns];
    let mut columns = vec![
        "offered_per_s".to_owned(),
        "achieved_over_offered".to_owned(),
    ];
    for time in ["response", "service"] {
        columns.extend(percentile_columns(&format!("{time}_merged")));
    }
    columns.push("schedule_lag_p99_ns".to_owned());
    file(
        findings,
        findings.rate_cells(),
        &metrics,
        &columns,
        |cell, entry| {
            let latency = cell
                .detail(entry)
                .and_then(RowDetail::echo)
                .and_then(|it| it.latency);
            let rate = cell.rung.as_ref().and_then(|rung| rung.rate_per_s);
            let mut fields = vec![
                number(rate),
                number(latency.map(|it| it.achieved_over_offered)),
            ];
            fields.extend(percentiles(latency.map(|it| it.response)));
            fields.extend(percentiles(latency.and_then(|it| it.service)));
            fields.push(whole(latency.and_then(|it| it.schedule_lag_p99_ns)));
            fields
        },
    )
}

pub(super) fn handshakes(findings: &Findings) -> String {
    let metrics = [
        Metric::ServerCpuNsPerHandshake,
        Metric::HandshakesPerS,
        Metric::HandshakeP50Ns,
        Metric::HandshakeP99Ns,
    ];
    let shares = [
        "user_share",
        "server_busy_share",
        "generator_busy_share",
        "is_generator_bound",
    ];
    let mut columns = shares.map(str::to_owned).to_vec();
    columns.extend(percentile_columns("connect_to_101_merged"));
    columns.extend(["completed", "failed", "not_closed"].map(str::to_owned));
    file(
        findings,
        findings.handshake_cells(),
        &metrics,
        &columns,
        |cell, entry| {
            let detail = cell.detail(entry).and_then(RowDetail::handshakes);
            let mut fields = vec![
                number(detail.and_then(|it| it.user_share)),
                number(detail.map(|it| it.server_busy)),
                number(detail.map(|it| it.generator_busy)),
                detail
                    .map(|it| it.is_generator_bound.to_string())
                    .unwrap_or_default(),
            ];
            fields.extend(percentiles(detail.map(|it| it.latency)));
            fields.push(whole(detail.map(|it| it.completed)));
            fields.push(whole(detail.map(|it| it.failed)));
            fields.push(whole(detail.map(|it| it.not_closed)));
            fields
        },
    )
}

/// One row per level of connections.
pub(super) fn memory(findings: &Findings) -> String {
    let metrics = [Metric::RssBytesPerConnection, Metric::PssBytesPerConnection];
    let own = ["connections", "rss_bytes", "pss_bytes", "threads"];
    let mut csv = Csv::new(&columns(&metrics, &own));
    for cell in findings.idle_cells() {
        for entry in 0..findings.entries.len() {
            let shared = shared_fields(findings, cell, entry, &metrics);
            let detail = cell.detail(entry).and_then(RowDetail::idle);
            let levels = detail
                .map(|detail| detail.levels.as_slice())
                .unwrap_or_default();
            for level in levels {
                let mut fields = shared.clone();
                fields.push(level.connections.to_string());
                fields.extend([level.rss_bytes, level.pss_bytes, level.threads].map(plain));
                csv.row(fields);
            }
            if levels.is_empty() {
                csv.row(shared);
            }
        }
    }
    csv.into_text()
}

/// One row per kind of work.
pub(super) fn allocations(findings: &Findings) -> String {
    let figures = [
        "allocations",
        "reallocations",
        "allocated_bytes",
        "live_bytes",
    ];
    let mut own = vec![
        "kept_messages".to_owned(),
        "subject".to_owned(),
        "size_bytes".to_owned(),
    ];
    for figure in figures {
        own.push(format!("{figure}_per_time"));
        own.push(format!("{figure}_is_exact"));
    }
    let mut csv = Csv::new(&columns(&[], &own));
    for cell in findings.allocation_cells() {
        for entry in 0..findings.entries.len() {
            let shared = key_fields(findings, cell, entry);
            let Some(detail) = cell.detail(entry).and_then(RowDetail::allocations) else {
                csv.row(shared);
                continue;
            };
            for step in &detail.steps {
                let mut fields = shared.clone();
                fields.push(detail.keep.to_string());
                fields.extend(subject_fields(step.subject));
                for figure in [
                    step.allocations,
                    step.reallocations,
                    step.allocated_bytes,
                    step.live_bytes,
                ] {
                    fields.extend(figure_fields(figure));
                }
                csv.row(fields);
            }
        }
    }
    csv.into_text()
}

fn subject_fields(subject: AllocationSubject) -> [String; 2] {
    match subject {
        AllocationSubject::Message { size_bytes } => ["message".to_owned(), size_bytes.to_string()],
        AllocationSubject::Handshake => ["handshake".to_owned(), String::new()],
        AllocationSubject::Connection => ["connection".to_owned(), String::new()],
    }
}

fn figure_fields(figure: Option<AllocationFigure>) -> [String; 2] {
    [
        number(figure.map(|it| it.per_time)),
        figure.map(|it| it.is_exact.to_string()).unwrap_or_default(),
    ]
}

/// One row per cell and entry.
fn file<'a, S: AsRef<str>>(
    findings: &Findings,
    cells: impl Iterator<Item = &'a CellFinding>,
    metrics: &[Metric],
    own_columns: &[S],
    own_fields: impl Fn(&CellFinding, usize) -> Vec<String>,
) -> String {
    let mut csv = Csv::new(&columns(metrics, own_columns));
    for cell in cells {
        for entry in 0..findings.entries.len() {
            let mut fields = shared_fields(findings, cell, entry, metrics);
            fields.extend(own_fields(cell, entry));
            csv.row(fields);
        }
    }
    csv.into_text()
}

pub(super) fn columns<S: AsRef<str>>(metrics: &[Metric], own: &[S]) -> Vec<String> {
    let mut columns: Vec<String> = KEY_COLUMNS.map(str::to_owned).to_vec();
    for metric in metrics {
        let name = metric.column_name();
        for suffix in [
            "",
            "_lower",
            "_upper",
            "_interval_method",
            "_hodges_lehmann",
            "_ratio",
            "_ratio_lower",
            "_ratio_upper",
            "_p_adjusted",
            "_rule",
            "_verdict",
            "_ties",
            "_noise_floor_factor",
        ] {
            columns.push(format!("{name}{suffix}"));
        }
    }
    columns.extend(own.iter().map(|name| name.as_ref().to_owned()));
    columns
}

pub(super) fn key_fields(findings: &Findings, cell: &CellFinding, entry: usize) -> Vec<String> {
    let facts = &findings.entries[entry];
    let row = &cell.rows[entry];
    let role = match facts.key.role {
        Role::Baseline => "baseline",
        Role::Contender => "contender",
        Role::Again => "again",
    };
    let status = match &row.status {
        RowStatus::Measured => "measured".to_owned(),
        RowStatus::NotYet => "not yet".to_owned(),
        RowStatus::NotApplicable { reason } => format!("not applicable: {reason}"),
        RowStatus::NotPlanned => "not planned".to_owned(),
        RowStatus::Excluded { reason } => reason.clone(),
        RowStatus::Invalid => {
            let names: Vec<&str> = row.flaws.iter().map(|note| note.short.as_str()).collect();
            format!("invalid: {}", names.join(", "))
        }
    };
    vec![
        cell.name.clone(),
        cell.scenario.name.clone(),
        facts.key.contender.clone(),
        facts.key.variant.to_string(),
        role.to_owned(),
        facts.library.clone(),
        facts.version.clone(),
        facts.runtime.clone(),
        status,
        row.valid_trials.to_string(),
        row.recorded_trials.to_string(),
    ]
}

/// What the row is about, and its metrics.
fn shared_fields(
    findings: &Findings,
    cell: &CellFinding,
    entry: usize,
    metrics: &[Metric],
) -> Vec<String> {
    let mut fields = key_fields(findings, cell, entry);
    for metric in metrics {
        fields.extend(metric_fields(cell, *metric, entry));
    }
    fields
}

fn metric_fields(cell: &CellFinding, metric: Metric, entry: usize) -> Vec<String> {
    let found = cell.metric(metric);
    let estimate = found.and_then(|found| found.row(entry));
    let floor = found
        .and_then(|found| found.noise_floor)
        .map(|floor| floor.factor);
    let Some(estimate) = estimate else {
        return vec![String::new(); 13];
    };
    let verdict = estimate.verdict().map(|verdict| match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::Tied => "tied",
        Verdict::Unknown { .. } => "unknown",
    });
    vec![
        plain(estimate.median),
        plain(estimate.interval.lower),
        plain(estimate.interval.upper),
        estimate.interval.method.name().to_owned(),
        plain(estimate.hodges_lehmann),
        number(estimate.ratio),
        number(estimate.ratio_lower),
        number(estimate.ratio_upper),
        number(estimate.comparison.map(|comparison| comparison.p_adjusted)),
        estimate
            .comparison
            .map(|it| it.rule.name().to_owned())
            .unwrap_or_default(),
        verdict.unwrap_or_default().to_owned(),
        estimate.letters.clone(),
        number(floor),
    ]
}

fn percentile_columns(prefix: &str) -> Vec<String> {
    ["count", "p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "max_ns"]
        .iter()
        .map(|name| format!("{prefix}_{name}"))
        .collect()
}

fn percentiles(found: Option<Percentiles>) -> Vec<String> {
    vec![
        whole(found.map(|it| it.count)),
        whole(found.and_then(|it| it.p50_ns)),
        whole(found.and_then(|it| it.p90_ns)),
        whole(found.and_then(|it| it.p99_ns)),
        whole(found.and_then(|it| it.p99_9_ns)),
        whole(found.map(|it| it.max_ns)),
    ]
}

fn number(value: Option<f64>) -> String {
    value.map(plain).unwrap_or_default()
}

/// Twelve significant digits: far more than any trial knows, and fewer than
/// differ between mathematics libraries.
fn plain(value: f64) -> String {
    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    format!("{rounded}")
}

fn whole(value: Option<u64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
