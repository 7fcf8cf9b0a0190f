//! One library of the short list: its figures at the load, and the reasons.

use super::{
    Axis, Question, Span,
    answer::{Other, Pick},
    data::{Candidate, ChooseData, Figure, Measured, State},
    needs::Checked,
    rank::Ranking,
    words::{bytes, digits, grouped, rate, say, time},
    workload::{Cells, cpu_of, surcharge},
};

/// From this size on buffers make up most of a server's memory.
const LARGE_BYTES: u64 = 16 * 1024;

/// What every pick is made from.
pub(super) struct Picking<'a> {
    pub(super) data: &'a ChooseData,
    pub(super) question: &'a Question,
    pub(super) ranking: &'a Ranking<'a>,
    /// Messages per second over all connections.
    pub(super) total_per_s: f64,
    /// The closed-loop cells that stand for the ladder's messages.
    pub(super) base: Option<Cells>,
}

/// Resident memory at so many connections.
pub(super) fn memory_of(candidate: &Candidate, connections: u64) -> Result<Span, String> {
    let per_connection = match &candidate.memory {
        Measured::Figure(figure) => span(figure),
        Measured::Missing(why) => return Err(why.clone()),
    };
    let base = candidate
        .base_bytes
        .ok_or("memory before the first connection was not read")?;
    Ok(per_connection.times(connections as f64).plus(Span {
        value: base,
        low: base,
        high: base,
    }))
}

fn span(figure: &Figure) -> Span {
    Span {
        value: figure.value,
        low: figure.low,
        high: figure.high,
    }
}

impl Picking<'_> {
    pub(super) fn pick(
        &self,
        place: usize,
        candidate: &Candidate,
        others: &[usize],
        checked: &[Checked],
    ) -> Pick {
        let figure = |axis| self.ranking.figure(candidate, axis);
        let cpu = figure(Axis::Cpu);
        let cpu_ns = cpu.as_ref().ok().map(span);
        let added = self.added(candidate);
        let loaded_cpu_ns = cpu_ns.map(|cpu| cpu.plus(added.unwrap_or(NOTHING)));
        let told = |state: State| checked.iter().filter(move |it| it.state == state);
        let mut reasons = vec![self.cpu_reason(&cpu)];
        if let (Some(loaded), Some(_)) = (loaded_cpu_ns, added) {
            let further = [("rate", &*rate(self.total_per_s))];
            reasons.push(span_reason("loaded", loaded, time, &further));
        } else if !self.data.rungs.is_empty() {
            reasons.push(say("load.missing", &[]));
        }
        let cores = loaded_cpu_ns.map(|it| it.times(self.total_per_s / 1e9));
        reasons.extend(cores.map(|cores| span_reason("cores", cores, digits, &[])));
        reasons.push(memory_reason(candidate));
        let connections = self.question.workload.connections;
        let memory = memory_of(candidate, connections).ok();
        let further = [("connections", &*grouped(connections))];
        reasons.extend(memory.map(|it| span_reason("resident", it, bytes, &further)));
        if self.question.axis == Axis::P99 {
            reasons.push(self.p99_reason(&figure(Axis::P99)));
        }
        reasons.extend(self.further(candidate));
        reasons.extend(
            told(State::Yes).map(|it| say("met", &[("need", &*it.need), ("text", &*it.text)])),
        );
        let caveats = told(State::Unknown)
            .map(|it| say("unknown", &[("need", &*it.need), ("text", &*it.text)]));
        Pick {
            name: candidate.name.clone(),
            library: candidate.library.clone(),
            version: candidate.version.clone(),
            runtime: candidate.runtime.clone(),
            place,
            reasons,
            caveats: caveats.collect(),
            cpu_ns,
            loaded_cpu_ns,
            cores,
            bytes_per_connection: candidate.memory.figure().map(span),
            memory_bytes: memory,
            p99_ns: figure(Axis::P99).ok().as_ref().map(span),
            others: others
                .iter()
                .filter_map(|row| self.other(candidate, &self.data.candidates[*row]))
                .collect(),
            gaps: candidate.gaps.clone(),
            repository: candidate.repository.clone(),
        }
    }

    /// What a fixed rate adds per message: messages of a burst share a wake-up.
    fn added(&self, candidate: &Candidate) -> Option<Span> {
        let base = cpu_of(candidate, self.base.as_ref()?);
        let burst = f64::from(self.ranking.cells.burst);
        let added = surcharge(
            self.data,
            candidate,
            base.figure()?,
            self.total_per_s / burst,
        )?;
        Some(added.times(1.0 / burst))
    }

    fn cpu_reason(&self, cpu: &Result<Figure, String>) -> String {
        match cpu {
            Ok(figure) => figure_reason("cpu", figure, time, &[]),
            Err(why) => say("cpu.missing", &[("why", &**why)]),
        }
    }

    fn p99_reason(&self, p99: &Result<Figure, String>) -> String {
        match (p99, self.ranking.rung) {
            (Ok(figure), Some(rung)) => {
                let rung = &self.data.rungs[rung];
                figure_reason(
                    "p99",
                    figure,
                    time,
                    &[
                        ("rate", &*rate(rung.rate_per_s)),
                        ("size", &*bytes(rung.size_bytes as f64)),
                    ],
                )
            }
            (Err(why), _) => say("p99.missing", &[("why", &**why)]),
            (Ok(_), None) => String::new(),
        }
    }

    /// What else speaks for or against it under this load.
    fn further(&self, candidate: &Candidate) -> Vec<String> {
        let mut reasons = Vec::new();
        if candidate.threads_per_connection.is_some_and(|it| it > 0.5) {
            reasons.push(say("threads", &[]));
        }
        for cell in self.ranking.cells.all() {
            let (cell, peak) = (&self.data.cells[cell], candidate.peak_bytes[cell]);
            if let Some(peak) = peak.filter(|_| cell.size_bytes >= LARGE_BYTES) {
                reasons.push(say(
                    "peak",
                    &[
                        ("peak", &*bytes(peak)),
                        ("connections", &*grouped(u64::from(cell.connections))),
                        ("size", &*bytes(cell.size_bytes as f64)),
                    ],
                ));
            }
        }
        if self.question.workload.burst > 1 && !candidate.flush.is_empty() {
            reasons.push(say("flush", &[("flush", &*candidate.flush)]));
        }
        reasons
    }

    fn other(&self, pick: &Candidate, other: &Candidate) -> Option<Other> {
        let axis = self.ranking.axis;
        let figure = self.ranking.figure(other, axis).ok()?;
        let shown = match axis {
            Axis::Cpu | Axis::P99 => time(figure.value),
            Axis::Memory => bytes(figure.value),
        };
        let apart = match self.ranking.are_apart(axis, pick, other) {
            true => say("other.apart", &[]),
            false => say("other.tied", &[]),
        };
        Some(Other {
            name: other.name.clone(),
            figure: figure.value,
            text: say("other", &[("figure", &*shown), ("apart", &*apart)]),
        })
    }
}

const NOTHING: Span = Span {
    value: 0.0,
    low: 0.0,
    high: 0.0,
};

fn memory_reason(candidate: &Candidate) -> String {
    match &candidate.memory {
        Measured::Figure(figure) => {
            let base = match candidate.base_bytes {
                Some(base) => bytes(base),
                None => say("memory.base", &[]),
            };
            figure_reason("memory", figure, bytes, &[("base", &*base)])
        }
        Measured::Missing(why) => say("memory.missing", &[("why", &**why)]),
    }
}

fn span_reason(
    name: &str,
    span: Span,
    show: fn(f64) -> String,
    further: &[(&str, &str)],
) -> String {
    let (value, low, high) = (show(span.value), show(span.low), show(span.high));
    let mut values = vec![("value", &*value), ("low", &*low), ("high", &*high)];
    values.extend_from_slice(further);
    say(name, &values)
}

fn figure_reason(
    name: &str,
    figure: &Figure,
    show: fn(f64) -> String,
    further: &[(&str, &str)],
) -> String {
    let name = if figure.is_range {
        format!("{name}.range")
    } else {
        name.to_owned()
    };
    let (value, low, high) = (show(figure.value), show(figure.low), show(figure.high));
    let blocks = figure.blocks.to_string();
    let mut values = vec![
        ("value", &*value),
        ("low", &*low),
        ("high", &*high),
        ("blocks", &*blocks),
    ];
    values.extend_from_slice(further);
    say(&name, &values)
}
