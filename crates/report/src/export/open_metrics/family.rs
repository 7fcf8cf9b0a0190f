//! One metric family as text.

use std::fmt::Write as _;

use super::super::figure::rounded;

/// What every family's name begins with.
const PREFIX: &str = "websocket_benchmark";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Gauge,
    Info,
    Summary,
}

/// The unit, which is also the end of the family's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    None,
    Seconds,
    Bytes,
    MessagesPerSecond,
    HandshakesPerSecond,
}

impl Unit {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Seconds => Some("seconds"),
            Self::Bytes => Some("bytes"),
            Self::MessagesPerSecond => Some("messages_per_second"),
            Self::HandshakesPerSecond => Some("handshakes_per_second"),
        }
    }
}

/// Labels of a sample.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels(Vec<(&'static str, String)>);

impl Labels {
    /// Adds a label; an empty value is no label.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.push((name, value.to_owned()));
        }
        self
    }

    fn text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let labels: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        format!("{{{}}}", labels.join(","))
    }
}

/// A family with its samples.
#[derive(Debug)]
pub(super) struct Family {
    name: String,
    unit: Unit,
    kind: Kind,
    help: String,
    samples: String,
}

impl Family {
    pub(super) fn new(stem: &str, unit: Unit, kind: Kind, help: &str) -> Self {
        let unit_suffix = unit
            .name()
            .map(|name| format!("_{name}"))
            .unwrap_or_default();
        Self {
            name: format!("{PREFIX}_{stem}{unit_suffix}"),
            unit,
            kind,
            help: help.to_owned(),
            samples: String::new(),
        }
    }

    /// Adds a sample; `suffix` is what its name has beyond the family's.
    pub(super) fn sample(&mut self, suffix: &str, labels: &Labels, value: f64) {
        // Writing to a String can't fail.
        let _ = writeln!(
            self.samples,
            "{}{suffix}{} {}",
            self.name,
            labels.text(),
            rounded(value)
        );
    }

    /// The family's lines; none when it has no samples.
    pub(super) fn text(&self) -> String {
        if self.samples.is_empty() {
            return String::new();
        }
        let name = &self.name;
        let kind = match self.kind {
            Kind::Gauge => "gauge",
            Kind::Info => "info",
            Kind::Summary => "summary",
        };
        let mut text = format!("# TYPE {name} {kind}\n");
        if let Some(unit) = self.unit.name() {
            text += &format!("# UNIT {name} {unit}\n");
        }
        text + &format!("# HELP {name} {}\n{}", escaped(&self.help), self.samples)
    }
}

/// Backslash, quotation mark and line feed, in labels and in help texts.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_end_a_label_or_a_line() {
        let mut family = Family::new("x", Unit::Seconds, Kind::Gauge, "one\ntwo \"\\\"");
        let labels = Labels::default()
            .with("a", "\\\"\n}")
            .with("nothing", "")
            .with("b", "é{,}");
        family.sample("", &labels, 0.000_006_5);
        assert_eq!(
            family.text(),
            "# TYPE websocket_benchmark_x_seconds gauge\n\
             # UNIT websocket_benchmark_x_seconds seconds\n\
             # HELP websocket_benchmark_x_seconds one\\ntwo \\\"\\\\\\\"\n\
             websocket_benchmark_x_seconds{a=\"\\\\\\\"\\n}\",b=\"é{,}\"} 0.0000065\n"
        );
    }

    #[test]
    fn a_family_without_samples_is_not_there() {
        assert_eq!(Family::new("x", Unit::None, Kind::Info, "").text(), "");
    }
}
