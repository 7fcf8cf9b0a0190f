//! Sentences and numbers of an answer. The page's script takes the same
//! sentences from the data, and writes numbers by the same arithmetic: only
//! operations that give the same bits everywhere.

use std::collections::BTreeMap;

/// Every sentence, with places for names and numbers in braces.
const SENTENCES: &[(&str, &str)] = &[
    ("need.tls", "TLS"),
    ("need.tls-built-in", "TLS by an option of its own"),
    ("need.deflate", "compression"),
    ("need.wasm", "WebAssembly"),
    ("need.autobahn", "conformance"),
    ("need.language", "language {name}"),
    ("need.runtime", "runtime {name}"),
    ("need.http", "HTTP by {name}"),
    ("need.licence", "licence {names}"),
    ("need.maintained", "released within {months} months"),
    ("need.memory", "at most {limit}"),
    ("kind.binary", "binary"),
    ("kind.text-ascii", "ASCII text"),
    ("kind.text-multibyte", "multi-byte text"),
    ("axis.cpu", "CPU time per message"),
    ("axis.memory", "memory per idle connection"),
    ("axis.p99", "99th percentile of response times"),
    ("language", "written in {language}"),
    ("runtime.met", "measured on {runtime}"),
    (
        "runtime.other",
        "measured on {runtime}; its documentation names {claimed}",
    ),
    (
        "runtime.nothing",
        "measured on {runtime}; of others: {claimed}",
    ),
    ("http.any", "{text}; nothing names {name}"),
    ("no.fact", "no fact about it"),
    ("released", "{version} is of {day}"),
    (
        "memory.need",
        "{memory} resident at {connections} idle connections",
    ),
    ("met", "{need}: {text}"),
    ("unknown", "{need}: not known: {text}"),
    (
        "cpu",
        "CPU {value} per message ({low} to {high}; {blocks} blocks)",
    ),
    (
        "cpu.range",
        "CPU {value} per message (range {low} to {high} of {blocks} blocks)",
    ),
    ("cpu.missing", "no figure of CPU per message: {why}"),
    (
        "loaded",
        "CPU {value} per message at your {rate} messages/s ({low} to {high})",
    ),
    (
        "memory",
        "memory {value} per idle connection ({low} to {high}; {blocks} blocks), {base} before the \
         first",
    ),
    (
        "memory.range",
        "memory {value} per idle connection (range {low} to {high} of {blocks} blocks), {base} \
         before the first",
    ),
    ("memory.missing", "no figure of memory: {why}"),
    ("cores", "at your load {value} processors ({low} to {high})"),
    (
        "resident",
        "{value} of memory while your {connections} connections are idle ({low} to {high})",
    ),
    ("memory.base", "an unknown amount"),
    (
        "p99",
        "p99 {value} at {rate} messages/s of {size} ({low} to {high}; {blocks} blocks)",
    ),
    (
        "p99.range",
        "p99 {value} at {rate} messages/s of {size} (range {low} to {high} of {blocks} blocks)",
    ),
    ("p99.missing", "no figure of p99: {why}"),
    ("threads", "a thread for every connection"),
    (
        "peak",
        "peak of {peak} resident while {connections} connections echoed {size}",
    ),
    ("flush", "flushes {flush}"),
    ("other.apart", "told apart"),
    ("other.tied", "not told apart"),
    ("other", "{figure} ({apart})"),
    (
        "cell.between",
        "CPU per message at {size} lies on the straight line between the measured {low} and \
         {high}: a message costs a fixed part and a part per byte.",
    ),
    (
        "cell.far",
        "{low} and {high} lie far apart: with cells as far apart such a line missed a measured \
         one between them by a third.",
    ),
    (
        "cell.below",
        "Nothing smaller than {cell} was measured: CPU figures are those of {cell}, and yours is \
         at most a little below.",
    ),
    (
        "cell.above",
        "Nothing larger than {cell} was measured: CPU figures are those of {cell}, and a message \
         of {size} costs more, about in proportion to its bytes.",
    ),
    (
        "cell.kind",
        "The cell of {cell} echoes {kind}, not {wanted}.",
    ),
    (
        "cell.no-validation",
        "The cell of {cell} echoes binary messages: validation of UTF-8 isn't in its figures.",
    ),
    (
        "burst.used",
        "Messages in bursts of {burst}: CPU figures are those of the cell with {flight} messages \
         in flight, where a server may take several from one read and answer with one write.",
    ),
    (
        "burst.single",
        "Bursts of {burst} messages of {size} were not measured: CPU figures are those of single \
         messages, more than a server needs that writes a burst at once.",
    ),
    (
        "push",
        "Only echoes were measured. A push costs the write alone, without the read that an echo \
         has; the queue, the copies and the wake-ups of your fan-out come on top, and nobody \
         measured them here. The figures stand in for it: read them as a comparison.",
    ),
    (
        "load",
        "Processors at your load: messages per second × CPU per message, where that is the \
         closed-loop figure and what a fixed rate adds to it ({size}, {kind}: at {first} \
         messages/s a server sleeps and wakes for nearly every message, at {last} for fewer). \
         What waking costs differs most between machines.",
    ),
    (
        "load.below",
        "At most {rate} wake-ups a second are fewer than at the lowest measured rate, {first} \
         messages/s: what waking adds is taken from there.",
    ),
    (
        "load.missing",
        "No fixed rate was measured with this row valid: processors at your load are those of a \
         server that never sleeps, a lower bound.",
    ),
    (
        "load.none",
        "This run has no fixed rates: processors at your load are those of a server that never \
         sleeps, a lower bound.",
    ),
    (
        "memory.note",
        "Memory is resident memory before the first connection and per idle connection, each of \
         which has echoed one message. Not in it: the kernel's socket buffers, messages under \
         way, and what your program keeps.",
    ),
    (
        "memory.beyond",
        "Memory was read at up to {measured} connections; {connections} are a straight line from \
         there.",
    ),
    (
        "processors",
        "A server had {processors} here. That it scales to more was not measured.",
    ),
    ("processors.one", "one processor"),
    ("processors.many", "{count} processors"),
    (
        "latency",
        "Response times were measured with {size} {kind} on {connections} connections at fixed \
         rates; {rate} messages/s is the one nearest to yours ({own}).",
    ),
    (
        "idle",
        "At this load no pick needs more than {cores} of a processor: CPU hardly decides.",
    ),
    (
        "tls",
        "No figure here was measured with TLS: it adds CPU and memory of its own to every server.",
    ),
    (
        "deflate",
        "No figure here was measured with compression: it adds CPU and memory of its own to every \
         server.",
    ),
    (
        "transfer",
        "All figures are of {cpu}. On another machine the order and the ratios travel better than \
         the figures; `cargo run -p bench-harness -- --all` measures yours.",
    ),
    (
        "facts.missing",
        "There is no table of facts beside this run: run `bench-harness facts`.",
    ),
    (
        "not.measured",
        "With facts, but without figures in this run, so never on the list: {names}.",
    ),
    (
        "nothing",
        "Nothing meets every need. Drop one, or let in what isn't known.",
    ),
    (
        "sure.run",
        "Run of {day} on {host}, {age} days old, {blocks} whole blocks.",
    ),
    (
        "sure.partial",
        "The run is partial: some rows rest on fewer blocks.",
    ),
    (
        "sure.disturbed",
        "Trials counted however disturbed the machine was: this is a look, no measurement.",
    ),
    (
        "sure.floor",
        "CPU per message, {cell}: the tool sees a difference of ×{factor} where there is none; \
         nothing smaller is called a difference.",
    ),
    (
        "sure.no-floor",
        "CPU per message, {cell}: without a noise floor nothing is told apart.",
    ),
    (
        "sure.p99",
        "p99 at {rate} messages/s: the tool sees a difference of ×{factor} where there is none; \
         nothing smaller is called a difference.",
    ),
    (
        "sure.no-p99",
        "p99 at {rate} messages/s: without a noise floor nothing is told apart.",
    ),
    (
        "sure.margin",
        "Memory is read in too few blocks for a test: two rows count as told apart when their \
         ranges are apart and one is more than {margin} % above the other.",
    ),
    (
        "sure.shared",
        "{count} libraries share place 1: by {axis} the data can't tell them apart. Their order \
         there is by {second}.",
    ),
    (
        "sure.first",
        "Place 1 is told apart from the next by {axis}.",
    ),
    (
        "sure.places",
        "A place begins at the first row that is told apart from one in the place above, by the \
         run's letters, or by intervals that don't touch and figures more than {margin} % and the \
         noise floor apart; with others there it may still be tied.",
    ),
];

/// The sentences by name, for [`ChooseData`](super::ChooseData).
pub(super) fn sentences() -> BTreeMap<&'static str, &'static str> {
    SENTENCES.iter().copied().collect()
}

/// The sentence `name` with `values` put into its places.
pub(super) fn say(name: &str, values: &[(&str, &str)]) -> String {
    let found = SENTENCES.iter().find(|(known, _)| *known == name);
    let mut text = found.map_or_else(|| name.to_owned(), |(_, text)| (*text).to_owned());
    for (place, value) in values {
        text = text.replace(&format!("{{{place}}}"), value);
    }
    text
}

/// `value` with about three digits.
pub(super) fn digits(value: f64) -> String {
    if value.is_nan() || value <= 0.0 {
        return "0".to_owned();
    }
    if value < 0.001 {
        return "<0.001".to_owned();
    }
    let (scale, decimals) = match value {
        it if it >= 100.0 => (1.0, 0),
        it if it >= 10.0 => (10.0, 1),
        it if it >= 1.0 => (100.0, 2),
        it if it >= 0.1 => (1000.0, 3),
        it if it >= 0.01 => (10_000.0, 4),
        _ => (100_000.0, 5),
    };
    let scaled = (value * scale + 0.5).floor();
    if decimals == 0 {
        return grouped(scaled as u64);
    }
    let whole = (scaled / scale).floor();
    let rest = (scaled - whole * scale) as u64;
    format!("{}.{rest:0decimals$}", whole as u64)
}

/// A whole number in groups of three.
pub(super) fn grouped(value: u64) -> String {
    crate::text::grouped(value)
}

/// A time with its unit.
pub(super) fn time(ns: f64) -> String {
    match ns {
        it if it < 1e3 => format!("{} ns", digits(it)),
        it if it < 1e6 => format!("{} µs", digits(it / 1e3)),
        it if it < 1e9 => format!("{} ms", digits(it / 1e6)),
        it => format!("{} s", digits(it / 1e9)),
    }
}

/// Memory or a size with its unit.
pub(super) fn bytes(value: f64) -> String {
    const KIB: f64 = 1024.0;
    let (unit, name) = match value {
        it if it >= KIB * KIB * KIB => (KIB * KIB * KIB, "GiB"),
        it if it >= KIB * KIB => (KIB * KIB, "MiB"),
        it if it >= KIB => (KIB, "KiB"),
        _ => (1.0, "B"),
    };
    let in_unit = value / unit;
    if in_unit.floor() == in_unit {
        return format!("{} {name}", grouped(in_unit as u64));
    }
    format!("{} {name}", digits(in_unit))
}

/// A rate: whole from 100 on.
pub(super) fn rate(per_s: f64) -> String {
    if per_s.floor() == per_s {
        return grouped(per_s as u64);
    }
    let text = digits(per_s);
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sentence_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = SENTENCES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), SENTENCES.len());
    }

    #[test]
    fn numbers_have_about_three_digits() {
        for (value, expected) in [
            (0.0, "0"),
            (0.0004, "<0.001"),
            (0.001_234, "0.00123"),
            (0.0569, "0.0569"),
            (0.5, "0.500"),
            (5.666, "5.67"),
            (12.345, "12.3"),
            (99.99, "100.0"),
            (1234.5, "1,235"),
        ] {
            assert_eq!(digits(value), expected, "{value}");
        }
        assert_eq!(time(519.0), "519 ns");
        assert_eq!(time(5666.0), "5.67 µs");
        assert_eq!(bytes(125.0), "125 B");
        assert_eq!(bytes(1024.0), "1 KiB");
        assert_eq!(bytes(7086.7), "6.92 KiB");
        assert_eq!(bytes(1_379_000_000.0), "1.28 GiB");
        assert_eq!(rate(10_000.0), "10,000");
        assert_eq!(rate(0.25), "0.25");
        assert_eq!(rate(100.5), "101");
    }
}
