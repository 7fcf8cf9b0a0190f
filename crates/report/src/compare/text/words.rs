//! Names of what is compared.

use record::AllocationSubject;

use crate::{
    findings::Metric,
    text::{bytes, ratio},
};

pub(super) fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::ServerCpuNsPerMessage => "CPU per message",
        Metric::GeneratorCpuNsPerMessage => "generator CPU per message",
        Metric::MessagesPerS => "messages per second",
        Metric::ResponseP50Ns => "response time p50",
        Metric::ResponseP99Ns => "response time p99",
        Metric::HandshakesPerS => "handshakes per second",
        Metric::ServerCpuNsPerHandshake => "CPU per handshake",
        Metric::HandshakeP50Ns => "handshake p50",
        Metric::HandshakeP99Ns => "handshake p99",
        Metric::RssBytesPerConnection => "resident memory per connection",
        Metric::PssBytesPerConnection => "proportional memory per connection",
    }
}

/// Whether a metric is a time, so that it has a unit of time.
pub(super) fn is_time(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::ServerCpuNsPerMessage
            | Metric::GeneratorCpuNsPerMessage
            | Metric::ResponseP50Ns
            | Metric::ResponseP99Ns
            | Metric::ServerCpuNsPerHandshake
            | Metric::HandshakeP50Ns
            | Metric::HandshakeP99Ns
    )
}

pub(super) fn subject_name(subject: AllocationSubject) -> String {
    match subject {
        AllocationSubject::Message { size_bytes } => {
            format!("per message of {}", bytes(size_bytes))
        }
        AllocationSubject::Handshake => "per handshake".to_owned(),
        AllocationSubject::Connection => "per connection".to_owned(),
    }
}

/// A change as a ratio, to a tenth of a per cent: noise floors can be that low.
pub(super) fn change_ratio(value: f64) -> String {
    if (0.1..10.0).contains(&value) {
        format!("{value:.3}")
    } else {
        ratio(value)
    }
}
