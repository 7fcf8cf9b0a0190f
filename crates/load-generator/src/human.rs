//! The result as text.

use std::io::{self, Write};

use record::{
    Connected, Disconnected, EncodedHistogram, Load, LoadResult, VerificationCounts, Workload,
};
use serde::Serialize;

/// Everything that a run of the program found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) workload: Workload,
    pub(crate) connected: Connected,
    /// Missing when no connection came up.
    pub(crate) result: Option<LoadResult>,
    pub(crate) disconnected: Disconnected,
}

impl Report {
    /// Whether all connections came up and all echoes were right.
    pub(crate) fn is_clean(&self) -> bool {
        let Some(result) = &self.result else {
            return false;
        };
        self.connected.connections_failed == 0
            && self.connected.verification.is_clean()
            && result.verification.is_clean()
            && self.disconnected.verification.is_clean()
            && result
                .handshakes
                .as_ref()
                .is_none_or(|counts| counts.failed == 0)
    }

    /// Writes the report for people.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let Workload {
            url,
            message,
            load,
            connections,
            ..
        } = &self.workload;
        match load {
            Load::Handshakes { concurrency } => {
                writeln!(out, "{url}: opening handshakes, {concurrency} at a time")?;
            }
            Load::Open {
                rate_per_s,
                spacing,
            } => writeln!(
                out,
                "{url}: {} B {}, {connections} connections, {rate_per_s} messages/s at planned instants, {}",
                message.size_bytes, message.kind, spacing
            )?,
            Load::Closed { in_flight } => writeln!(
                out,
                "{url}: {} B {}, {connections} connections, {in_flight} in flight each",
                message.size_bytes, message.kind
            )?,
            Load::Hold => writeln!(out, "{url}: {connections} idle connections")?,
        }
        if self.connected.connections_failed > 0 {
            writeln!(
                out,
                "  connections failed {} of {}; the first: {}",
                self.connected.connections_failed,
                self.connected.connections_failed + self.connected.connections_up,
                self.connected.first_failure.as_deref().unwrap_or("unknown")
            )?;
        }
        write_faults(
            out,
            "while connecting and warming up",
            &self.connected.verification,
        )?;
        match &self.result {
            Some(result) => self.write_result(out, result)?,
            None => writeln!(out, "  nothing was measured")?,
        }
        let Disconnected { clean, unclean, .. } = self.disconnected;
        if unclean > 0 {
            writeln!(
                out,
                "  {unclean} of {} connections did not follow the closing handshake",
                clean + unclean
            )?;
        }
        write_faults(out, "after the window", &self.disconnected.verification)?;
        Ok(())
    }

    fn write_result(&self, out: &mut impl Write, result: &LoadResult) -> io::Result<()> {
        let seconds = result.window_ns as f64 / 1e9;
        let rate = result.completed_in_window as f64 / seconds.max(1e-9);
        let (what, each) = if result.handshakes.is_some() {
            ("handshakes", "handshake")
        } else {
            ("messages", "message")
        };
        writeln!(
            out,
            "  {} {what} in {seconds:.2} s: {rate:.0} per second",
            result.completed_in_window
        )?;
        if result.handshakes.is_none() {
            let bytes = result.completed_in_window * self.workload.message.size_bytes;
            writeln!(
                out,
                "  payload each way  {:.1} MiB/s",
                bytes as f64 / seconds.max(1e-9) / f64::from(1 << 20)
            )?;
        }
        if let Load::Open { rate_per_s, .. } = self.workload.load {
            writeln!(out, "  achieved/offered  {:.4}", rate / rate_per_s)?;
        }
        match self.workload.load {
            Load::Handshakes { .. } => {
                write_times(out, "connect to 101", Some(&result.response_time))?;
            }
            Load::Open { .. } => {
                write_times(
                    out,
                    "response time (from the planned instant)",
                    Some(&result.response_time),
                )?;
                write_times(
                    out,
                    "service time (from the write)",
                    result.service_time.as_ref(),
                )?;
                write_times(
                    out,
                    "schedule lag (planned instant to write)",
                    result.schedule_lag.as_ref(),
                )?;
            }
            Load::Closed { .. } | Load::Hold => {
                write_times(
                    out,
                    "service time (closed loop: at saturation, not under your load)",
                    Some(&result.response_time),
                )?;
            }
        }
        let busy = result.generator_cpu_ns as f64 / result.drained_ns.max(1) as f64;
        writeln!(
            out,
            "  generator CPU     {:.2} us per {each}, {:.0} % of a core",
            per_message_us(result.generator_cpu_ns, result),
            busy * 100.0
        )?;
        if let Some(cpu_ns) = result.observed_cpu_ns {
            writeln!(
                out,
                "  server CPU        {:.2} us per {each}, {:.0} % of a core",
                per_message_us(cpu_ns, result),
                cpu_ns as f64 / result.drained_ns.max(1) as f64 * 100.0
            )?;
        }
        if let Some(counts) = &result.handshakes {
            if counts.failed > 0 {
                writeln!(
                    out,
                    "  failed            {}; the first: {}",
                    counts.failed,
                    counts.first_failure.as_deref().unwrap_or("unknown")
                )?;
            }
            if counts.not_closed > 0 {
                writeln!(out, "  not closed in order {}", counts.not_closed)?;
            }
        } else if result.verification.is_clean() {
            writeln!(
                out,
                "  verified          all {} echoes: opcode, length, every byte, order",
                result.verification.verified
            )?;
        }
        write_faults(out, "in the window", &result.verification)
    }
}

fn per_message_us(cpu_ns: u64, result: &LoadResult) -> f64 {
    cpu_ns as f64 / 1e3 / result.completed.max(1) as f64
}

fn write_times(
    out: &mut impl Write,
    title: &str,
    encoded: Option<&EncodedHistogram>,
) -> io::Result<()> {
    let Some(histogram) = encoded.and_then(|encoded| encoded.decode().ok()) else {
        return Ok(());
    };
    if histogram.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {title}")?;
    let quantile = |q| histogram.value_at_quantile(q) as f64 / 1e3;
    writeln!(
        out,
        "    p50 {:.1} us, p90 {:.1}, p99 {:.1}, p99.9 {:.1}, max {:.1}",
        quantile(0.5),
        quantile(0.9),
        quantile(0.99),
        quantile(0.999),
        histogram.max() as f64 / 1e3
    )
}

fn write_faults(out: &mut impl Write, when: &str, counts: &VerificationCounts) -> io::Result<()> {
    if counts.is_clean() {
        return Ok(());
    }
    writeln!(out, "  WRONG {when}:")?;
    for (count, what) in [
        (counts.corrupted, "echoes with wrong bytes"),
        (counts.wrong_length, "echoes of wrong length"),
        (counts.wrong_opcode, "echoes with the wrong opcode"),
        (counts.reordered, "echoes out of order"),
        (counts.duplicated, "echoes twice"),
        (counts.missing, "echoes missing"),
        (counts.late, "echoes after they were given up"),
        (counts.protocol_violations, "protocol violations"),
        (counts.closed, "connections closed by the server"),
        (counts.reset, "connections reset"),
    ] {
        if count > 0 {
            writeln!(out, "    {count} {what}")?;
        }
    }
    if let Some(violation) = &counts.first_violation {
        writeln!(out, "    the first violation: {violation}")?;
    }
    Ok(())
}
