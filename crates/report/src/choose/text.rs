//! An answer for a terminal.

use super::{
    Answer, Axis, Pattern, Pick, Profile, Question, Span, Workload, profiles,
    words::{bytes, digits, grouped, rate, say, time},
};
use crate::text::{Align, Table, wrapped};

/// So many libraries are in the table, and so many are told with their reasons.
const SHOWN: usize = 8;
const TOLD: usize = 3;

/// A list of names that is longer is only counted.
const NAMES: usize = 6;

/// Nothing narrower can be read.
const NARROWEST: usize = 40;

/// The answer as text of at most `width` columns; only names and the table,
/// which has no more than 80, are never broken.
#[must_use]
pub fn choose_text(
    answer: &Answer,
    question: &Question,
    title: Option<&str>,
    width: usize,
) -> String {
    let mut page = Lines {
        lines: Vec::new(),
        width: width.max(NARROWEST),
    };
    let load = load_in_words(&question.workload);
    let title = title.map_or_else(String::new, |title| format!("{title}: "));
    page.text(&format!("{title}{load}."), 0);
    page.text(&format!("Ranked by {}: {}.", answer.axis, first(answer)), 0);
    if !answer.picks.is_empty() {
        page.empty();
        page.lines.extend(table(answer).to_lines());
    }
    let further: Vec<String> = answer
        .picks
        .iter()
        .skip(SHOWN)
        .map(|pick| format!("{} ({})", pick.name, pick.place))
        .collect();
    if !further.is_empty() {
        page.empty();
        let count = further.len();
        let further = further.join(", ");
        page.text(&format!("{count} more, with their places: {further}."), 0);
    }
    for pick in answer.picks.iter().take(TOLD) {
        page.empty();
        told(&mut page, pick);
    }
    if answer.picks.len() > TOLD {
        page.empty();
        page.text("--json has figures and reasons of all.", 0);
    }
    unranked(&mut page, answer);
    ruled_out(&mut page, answer);
    page.list("How sure this is:", &answer.sureness);
    page.list("What to know:", &answer.notes);
    page.into_text()
}

/// The profiles as text of at most `width` columns.
#[must_use]
pub fn profiles_text(width: usize) -> String {
    let mut page = Lines {
        lines: Vec::new(),
        width: width.max(NARROWEST),
    };
    for profile in profiles() {
        let Profile {
            name, title, why, ..
        } = profile;
        page.text(&format!("{name}: {title}"), 0);
        page.text(&format!("  {why}"), 2);
        let load = load_in_words(&profile.workload);
        page.text(&format!("  Load: {load}."), 2);
        let needs = needs_in_words(&profile);
        page.text(&format!("  Ranked by {}{needs}.", profile.axis), 2);
        page.empty();
    }
    page.into_text()
}

struct Lines {
    lines: Vec<String>,
    width: usize,
}

impl Lines {
    fn empty(&mut self) {
        self.lines.push(String::new());
    }

    /// A paragraph whose later lines are indented; spaces before its first word
    /// stay.
    fn text(&mut self, text: &str, indent: usize) {
        let start = text.len() - text.trim_start().len();
        let lines = wrapped(text, self.width - start, indent.saturating_sub(start));
        let lines = lines.into_iter();
        self.lines
            .extend(lines.map(|line| format!("{}{line}", " ".repeat(start))));
    }

    fn list(&mut self, title: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.empty();
        self.text(title, 0);
        for item in items {
            self.text(&format!("  - {item}"), 4);
        }
    }

    /// Names come from files; they must not steer a terminal.
    fn into_text(self) -> String {
        let mut text = String::new();
        for line in self.lines {
            text.push_str(line.replace(char::is_control, " ").trim_end());
            text.push('\n');
        }
        text
    }
}

fn load_in_words(load: &Workload) -> String {
    let Workload {
        size_bytes, kind, ..
    } = load;
    let total = load.connections as f64 * load.rate_per_s;
    let mut text = format!(
        "{} × {} = {} of {} {kind}, {}",
        counted(&grouped(load.connections), "connection", ""),
        counted(&rate(load.rate_per_s), "message", "/s"),
        counted(&rate(total), "message", "/s"),
        bytes(*size_bytes as f64),
        match load.pattern {
            Pattern::Echo => "echoed",
            Pattern::Push => "pushed",
        }
    );
    if load.burst > 1 {
        text.push_str(&format!(" in bursts of {}", grouped(u64::from(load.burst))));
    }
    text
}

/// `1 message/s`, but `0.2 messages/s`.
fn counted(count: &str, noun: &str, per: &str) -> String {
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{plural}{per}")
}

fn needs_in_words(profile: &Profile) -> String {
    let needs = &profile.needs;
    let features = needs.features.iter();
    let mut words: Vec<String> = features
        .map(|feature| say(&format!("need.{}", feature.name()), &[]))
        .collect();
    if let Some(limit) = needs.memory_limit_bytes {
        words.push(say("need.memory", &[("limit", &*bytes(limit as f64))]));
    }
    if words.is_empty() {
        return String::new();
    }
    format!("; needs {}", words.join(", "))
}

fn first(answer: &Answer) -> String {
    let shared = answer.picks.iter().filter(|pick| pick.place == 1).count();
    match (shared, answer.picks.len()) {
        (0, _) => "no library is left".to_owned(),
        (1, 1) => "one library is left".to_owned(),
        (1, of) => format!("one library of {of} is alone in place 1"),
        (shared, of) => format!("{shared} of {of} libraries share place 1"),
    }
}

fn table(answer: &Answer) -> Table {
    let mut table = Table::new();
    table.column("#", Align::Right);
    table.column("server", Align::Left);
    table.column("CPU per\nmessage", Align::Right);
    table.column("processors\nat load", Align::Right);
    let is_p99 = answer.axis == Axis::P99;
    let own = if is_p99 {
        "p99"
    } else {
        "per idle\nconnection"
    };
    table.column(own, Align::Right);
    table.column("memory,\nall idle", Align::Right);
    let shown = |span: Option<Span>, show: fn(f64) -> String| match span {
        Some(span) => show(span.value),
        None => "–".to_owned(),
    };
    for pick in answer.picks.iter().take(SHOWN) {
        table.row(vec![
            pick.place.to_string(),
            pick.name.clone(),
            shown(pick.cpu_ns, time),
            shown(pick.cores, digits),
            if is_p99 {
                shown(pick.p99_ns, time)
            } else {
                shown(pick.bytes_per_connection, bytes)
            },
            shown(pick.memory_bytes, bytes),
        ]);
    }
    table
}

fn told(page: &mut Lines, pick: &Pick) {
    page.text(
        &format!(
            "{}. {}: {} {} on {}",
            pick.place, pick.name, pick.library, pick.version, pick.runtime
        ),
        3,
    );
    for reason in &pick.reasons {
        page.text(&format!("   - {reason}"), 5);
    }
    for caveat in &pick.caveats {
        page.text(&format!("   ? {caveat}"), 5);
    }
    if !pick.others.is_empty() {
        let others = pick.others.iter();
        let others: Vec<String> = others
            .map(|other| format!("{} {}", other.name, other.text))
            .collect();
        page.text(&format!("   - rows of it beside: {}", others.join("; ")), 5);
    }
    if !pick.gaps.is_empty() {
        let gaps = match pick.gaps.len() {
            1 => "1 gap".to_owned(),
            count => format!("{count} gaps"),
        };
        page.text(
            &format!("   - {gaps} declared: see --json, or docs/FAIRNESS.md"),
            5,
        );
    }
}

fn unranked(page: &mut Lines, answer: &Answer) {
    if answer.unranked.is_empty() {
        return;
    }
    let axis: Axis = answer.axis;
    let rows = answer.unranked.iter();
    let rows: Vec<String> = rows
        .map(|row| format!("{}: {}", row.name, row.because))
        .collect();
    page.list(
        &format!("Meets every need, but has no figure of {axis}:"),
        &rows,
    );
}

/// Each row under the first need that it misses, rows with the same reason
/// together.
fn ruled_out(page: &mut Lines, answer: &Answer) {
    let mut seen: Vec<&str> = Vec::new();
    let mut groups: Vec<(&str, String, Vec<&str>)> = Vec::new();
    for row in &answer.ruled_out {
        if seen.contains(&row.name.as_str()) {
            continue;
        }
        seen.push(&row.name);
        let because = if row.is_unknown {
            format!("not known: {}", row.because)
        } else {
            row.because.clone()
        };
        let known = groups
            .iter_mut()
            .find(|(need, text, _)| *need == row.need && *text == because);
        match known {
            Some((_, _, names)) => names.push(&row.name),
            None => groups.push((&row.need, because, vec![&row.name])),
        }
    }
    let mut items: Vec<String> = groups
        .iter()
        .map(|(need, because, names)| format!("{need} ({because}): {}", names.join(", ")))
        .collect();
    items.sort();
    page.list(
        "Ruled out, each under the first need that it misses:",
        &items,
    );
    let alone: Vec<String> = answer
        .alone
        .iter()
        .filter(|alone| !alone.need.starts_with("language "))
        .map(|alone| match alone.names.len() {
            count if count > NAMES => format!("{}: {count} of these rows", alone.need),
            _ => format!("{}: {}", alone.need, alone.names.join(", ")),
        })
        .collect();
    page.list("Ruled out by one need alone:", &alone);
}
