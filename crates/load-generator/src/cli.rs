//! The command line.

use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Parser, ValueEnum};
use record::{Extent, Load, MessageKind, MessageShape, Protocol, Spacing, Workload};

/// Exit code when the server answered wrongly.
pub(crate) const EXIT_FLAWED: u8 = 2;

/// Puts verified load on a WebSocket server and reports what came back.
///
/// Closed loop by default: each connection keeps --in-flight messages under way.
/// With --rate, open loop: messages leave at planned instants, and response time
/// counts from the plan. Every echo is checked: opcode, length, every byte, order.
///
/// Exit codes: 0 all echoes were right, 1 the generator failed, 2 the server
/// answered wrongly or the command line can't be read.
#[derive(Debug, Parser)]
#[command(version, about, long_about, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// ws://HOST:PORT/PATH of an echo server.
    #[arg(required_unless_present = "control")]
    url: Option<String>,
    /// Connections.
    #[arg(long, short, default_value_t = 64)]
    connections: u32,
    /// Messages in flight per connection (closed loop).
    #[arg(long, default_value_t = 1, conflicts_with = "rate")]
    in_flight: u32,
    /// Messages per second over all connections (open loop).
    #[arg(long, short)]
    rate: Option<f64>,
    /// With --rate: messages at even distances, instead of each at a random place
    /// in its own.
    #[arg(long, requires = "rate")]
    even: bool,
    /// Measure opening handshakes, --connections at a time, instead of messages.
    #[arg(long, conflicts_with_all = ["rate", "in_flight"])]
    pub(crate) handshakes: bool,
    /// Hold the connections for --duration instead of sending messages.
    #[arg(long, conflicts_with_all = ["rate", "in_flight", "handshakes", "count"])]
    hold: bool,
    /// Payload size in bytes, up to 67108864 (64 MiB).
    #[arg(long, short, default_value_t = 125)]
    size: u64,
    /// What messages are made of.
    #[arg(long, short, value_enum, default_value_t = Kind::Binary)]
    kind: Kind,
    /// Length of the measured window, such as 10s or 500ms.
    #[arg(long, short, value_parser = parse_duration, default_value = "5s")]
    duration: Duration,
    /// Stop after this many messages (or handshakes) instead of --duration.
    #[arg(long, conflicts_with = "duration")]
    count: Option<u64>,
    /// Load before the window that is not recorded.
    #[arg(long, value_parser = parse_duration, default_value = "1s")]
    warm_up: Duration,
    /// How long to wait for the last echoes.
    #[arg(long, value_parser = parse_duration, default_value = "2s")]
    grace: Duration,
    /// How long a connection may take to its first echo.
    #[arg(long, value_parser = parse_duration, default_value = "5s")]
    connect_timeout: Duration,
    /// Threads, each with its own share of the connections.
    #[arg(long, short, default_value_t = 1)]
    threads: u32,
    /// Seed of payloads, masks and phases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A process on this machine whose CPU time is reported per message.
    #[arg(long, value_name = "PID")]
    observe_pid: Option<u32>,
    /// What the server speaks; the URL is the same for all.
    #[arg(long, value_enum, default_value_t = Speaks::Websocket)]
    protocol: Speaks,
    /// Short for --protocol raw-tcp.
    #[arg(long, conflicts_with = "protocol")]
    raw_tcp: bool,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Allow a server that is not on this machine.
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Read commands from standard input and answer with JSON lines; for
    /// harnesses.
    #[arg(long, conflicts_with = "url")]
    pub(crate) control: bool,
}

/// What a server speaks.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Speaks {
    /// RFC 6455.
    Websocket,
    /// It echoes bytes.
    RawTcp,
    /// It echoes datagrams.
    Udp,
    /// It echoes the body of a POST, over HTTP/1.1 with keep-alive.
    Http,
}

/// What messages are made of.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Random bytes.
    Binary,
    /// ASCII text.
    Ascii,
    /// Text of one- to four-byte characters.
    Multibyte,
}

/// How to print.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

impl Arguments {
    /// The workload that the arguments ask for.
    pub(crate) fn workload(&self) -> anyhow::Result<Workload> {
        let url = self.url.clone().context("a URL is needed")?;
        let load = if self.handshakes {
            Load::Handshakes {
                concurrency: self.connections,
            }
        } else if self.hold {
            Load::Hold
        } else if let Some(rate_per_s) = self.rate {
            if !(rate_per_s.is_finite() && rate_per_s > 0.0) {
                bail!("--rate must be above 0");
            }
            Load::Open {
                rate_per_s,
                spacing: match self.even {
                    true => Spacing::Even,
                    false => Spacing::Dithered,
                },
            }
        } else {
            Load::Closed {
                in_flight: self.in_flight,
            }
        };
        let ns = |duration: Duration| u64::try_from(duration.as_nanos()).context("too long a time");
        Ok(Workload {
            url,
            protocol: match self.protocol {
                _ if self.raw_tcp => Protocol::RawTcp,
                Speaks::Websocket => Protocol::Websocket,
                Speaks::RawTcp => Protocol::RawTcp,
                Speaks::Udp => Protocol::Udp,
                Speaks::Http => Protocol::Http,
            },
            connections: self.connections,
            threads: self.threads,
            load,
            message: MessageShape {
                kind: match self.kind {
                    Kind::Binary => MessageKind::Binary,
                    Kind::Ascii => MessageKind::TextAscii,
                    Kind::Multibyte => MessageKind::TextMultibyte,
                },
                size_bytes: self.size,
            },
            stagger_bytes: 0,
            warm_up: Extent::DurationNs(ns(self.warm_up)?),
            lead_in: Extent::default(),
            window: match self.count {
                Some(count) => Extent::Count(count),
                None => Extent::DurationNs(ns(self.duration)?),
            },
            grace_ns: ns(self.grace)?,
            connect_timeout_ns: ns(self.connect_timeout)?,
            seed: self.seed,
            observe_pid: self.observe_pid,
        })
    }
}

/// Reads `90s`, `500ms`, `2m` or `1.5s`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let split = text
        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds_per_unit = match unit {
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => {
            return Err(format!(
                "{text:?}: expected a time such as 500ms, 10s or 2m"
            ));
        }
    };
    let number: f64 = number
        .parse()
        .map_err(|_| format!("{text:?}: expected a time such as 500ms, 10s or 2m"))?;
    Duration::try_from_secs_f64(number * seconds_per_unit)
        .map_err(|error| format!("{text:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn reads_times() {
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "5", "s", "1h", "-1s", "1.2.3s"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
