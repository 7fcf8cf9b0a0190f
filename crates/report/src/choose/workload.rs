//! From a load to the cells that say something about it, and what they say of a
//! row.

use record::MessageKind;

use super::{
    Span, Workload,
    data::{Candidate, ChooseData, EchoCell, Figure, Measured},
    words::{bytes, grouped, rate, say},
};

/// A cell of several messages in flight stands for messages of up to so many
/// times its size; beyond it the bytes matter more than the batching.
const PIPELINED_REACH: u64 = 4;

/// Between cells whose sizes differ by more a straight line is a rough guess.
const FAR: u64 = 32;

/// The cells that a load's CPU per message is read from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cells {
    /// The only cell, or the one of the smaller message.
    pub(super) first: usize,
    /// The one of the larger message, and its share.
    pub(super) second: Option<(usize, f64)>,
    /// Messages that share a wake-up.
    pub(super) burst: u32,
    /// What must be said about this choice.
    pub(super) notes: Vec<String>,
}

impl Cells {
    /// The cells, one or two.
    pub(super) fn all(&self) -> impl Iterator<Item = usize> {
        [Some(self.first), self.second.map(|(cell, _)| cell)]
            .into_iter()
            .flatten()
    }
}

/// Chooses the cells. `None` when there is no echo cell.
pub(super) fn cells_for(data: &ChooseData, load: &Workload) -> Option<Cells> {
    let mut notes = Vec::new();
    let single = data.cells.iter().map(|cell| cell.in_flight).min()?;
    let mut in_flight = nearest_in_flight(&data.cells, load.burst)?;
    let burst = grouped(u64::from(load.burst));
    if in_flight > single {
        let sizes = data.cells.iter().filter(|it| it.in_flight == in_flight);
        let largest = sizes.map(|cell| cell.size_bytes).max()?;
        if load.size_bytes > PIPELINED_REACH * largest {
            in_flight = single;
        }
    }
    let flight = in_flight.to_string();
    if in_flight > single {
        notes.push(say(
            "burst.used",
            &[("burst", &*burst), ("flight", &*flight)],
        ));
    } else if load.burst > 1 {
        let size = bytes(load.size_bytes as f64);
        notes.push(say("burst.single", &[("burst", &*burst), ("size", &*size)]));
    }
    let series = series(&data.cells, in_flight, load.kind);
    let (first, second) = neighbours(&data.cells, &series, load.size_bytes, &mut notes)?;
    let cells = Cells {
        first,
        second,
        burst: if in_flight > single { load.burst } else { 1 },
        notes: Vec::new(),
    };
    for cell in cells.all() {
        notes.extend(kind_note(&data.cells[cell], load.kind));
    }
    Some(Cells { notes, ..cells })
}

/// The number in flight nearest to the burst, by ratio; the smaller of equals.
fn nearest_in_flight(cells: &[EchoCell], burst: u32) -> Option<u32> {
    let mut best: Option<(f64, u32)> = None;
    for cell in cells {
        let ratio = f64::from(cell.in_flight) / f64::from(burst);
        let away = if ratio < 1.0 { 1.0 / ratio } else { ratio };
        let is_nearer = best.is_none_or(|(least, flight)| {
            away < least || (away == least && cell.in_flight < flight)
        });
        if is_nearer {
            best = Some((away, cell.in_flight));
        }
    }
    best.map(|(_, flight)| flight)
}

/// How far a kind of message is from the wanted one.
fn distance(kind: MessageKind, wanted: MessageKind) -> usize {
    use MessageKind::{Binary, TextAscii, TextMultibyte};
    let order = match wanted {
        Binary => [Binary, TextAscii, TextMultibyte],
        TextAscii => [TextAscii, TextMultibyte, Binary],
        TextMultibyte => [TextMultibyte, TextAscii, Binary],
    };
    order.iter().position(|it| *it == kind).unwrap_or(3)
}

/// One cell per size, the smallest first: of several the one whose messages are
/// most alike.
fn series(cells: &[EchoCell], in_flight: u32, kind: MessageKind) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        if cell.in_flight != in_flight {
            continue;
        }
        let same = found
            .iter()
            .position(|known| cells[*known].size_bytes == cell.size_bytes);
        match same {
            None => found.push(index),
            Some(at) => {
                if distance(cell.kind, kind) < distance(cells[found[at]].kind, kind) {
                    found[at] = index;
                }
            }
        }
    }
    found.sort_by_key(|index| cells[*index].size_bytes);
    found
}

type Neighbours = (usize, Option<(usize, f64)>);

fn neighbours(
    cells: &[EchoCell],
    series: &[usize],
    size_bytes: u64,
    notes: &mut Vec<String>,
) -> Option<Neighbours> {
    let name = |index: usize| bytes(cells[index].size_bytes as f64);
    let size = bytes(size_bytes as f64);
    let (smallest, largest) = (*series.first()?, *series.last()?);
    if size_bytes < cells[smallest].size_bytes {
        notes.push(say("cell.below", &[("cell", &*name(smallest))]));
        return Some((smallest, None));
    }
    if size_bytes > cells[largest].size_bytes {
        notes.push(say(
            "cell.above",
            &[("cell", &*name(largest)), ("size", &*size)],
        ));
        return Some((largest, None));
    }
    let at = series
        .iter()
        .rposition(|index| cells[*index].size_bytes <= size_bytes)?;
    let low = series[at];
    let from = cells[low].size_bytes;
    match series.get(at + 1) {
        Some(high) if from < size_bytes => {
            let width = (cells[*high].size_bytes - from) as f64;
            let share = (size_bytes - from) as f64 / width;
            let ends = [("size", size), ("low", name(low)), ("high", name(*high))];
            let ends = ends.each_ref().map(|(place, value)| (*place, &**value));
            notes.push(say("cell.between", &ends));
            if cells[*high].size_bytes > FAR * from {
                notes.push(say("cell.far", &ends[1..]));
            }
            Some((low, Some((*high, share))))
        }
        _ => Some((low, None)),
    }
}

fn kind_note(cell: &EchoCell, wanted: MessageKind) -> Option<String> {
    if cell.kind == wanted {
        return None;
    }
    let name = bytes(cell.size_bytes as f64);
    if wanted.is_text() && !cell.kind.is_text() {
        return Some(say("cell.no-validation", &[("cell", &*name)]));
    }
    let (kind, wanted) = (cell.kind.to_string(), wanted.to_string());
    Some(say(
        "cell.kind",
        &[("cell", &*name), ("kind", &*kind), ("wanted", &*wanted)],
    ))
}

/// What the cells say of a row: a figure without letters where two cells give
/// it, because each of them has its own.
pub(super) fn cpu_of(candidate: &Candidate, cells: &Cells) -> Measured {
    let Some((second, share)) = cells.second else {
        return candidate.cpu[cells.first].clone();
    };
    match (&candidate.cpu[cells.first], &candidate.cpu[second]) {
        (Measured::Figure(low), Measured::Figure(high)) => {
            let at = |from: f64, to: f64| from + (to - from) * share;
            Measured::Figure(Figure {
                value: at(low.value, high.value),
                low: at(low.low, high.low),
                high: at(low.high, high.high),
                is_range: low.is_range || high.is_range,
                blocks: low.blocks.min(high.blocks),
                letters: Vec::new(),
            })
        }
        (Measured::Missing(why), _) | (_, Measured::Missing(why)) => Measured::Missing(why.clone()),
    }
}

/// What a fixed rate adds to the closed loop's CPU per message at `wakes_per_s`
/// wake-ups, of a row whose closed-loop figure at the ladder's size is `base`.
/// `None` when no rung has a figure of it.
///
/// Below the lowest rung it is that rung's; between rungs it lies on a straight
/// line over the rate; above the highest it falls to nothing at the rate at
/// which the closed loop keeps the server busy, where the upper end still
/// allows for the highest rung's.
pub(super) fn surcharge(
    data: &ChooseData,
    candidate: &Candidate,
    base: &Figure,
    wakes_per_s: f64,
) -> Option<Span> {
    let mut below: Option<(f64, Span)> = None;
    for (rung, measured) in data.rungs.iter().zip(&candidate.loaded_cpu) {
        let Some(loaded) = measured.figure() else {
            continue;
        };
        let added = Span {
            value: (loaded.value - base.value).max(0.0),
            low: (loaded.low - base.high).max(0.0),
            high: (loaded.high - base.low).max(0.0),
        };
        if wakes_per_s <= rung.rate_per_s {
            return Some(match below {
                None => added,
                Some((from, before)) => {
                    let share = (wakes_per_s - from) / (rung.rate_per_s - from);
                    let at = |from: f64, to: f64| from + (to - from) * share;
                    Span {
                        value: at(before.value, added.value),
                        low: at(before.low, added.low),
                        high: at(before.high, added.high),
                    }
                }
            });
        }
        below = Some((rung.rate_per_s, added));
    }
    let (last, added) = below?;
    let busy = data.run.server_processors as f64 * 1e9 / base.value;
    if wakes_per_s >= busy || busy <= last {
        return Some(Span {
            value: 0.0,
            low: 0.0,
            high: added.high,
        });
    }
    let left = 1.0 - (wakes_per_s - last) / (busy - last);
    Some(Span {
        value: added.value * left,
        low: added.low * left,
        high: added.high,
    })
}

/// The rung whose rate is nearest to the load's by ratio; the lower of equals.
pub(super) fn nearest_rung(data: &ChooseData, total_per_s: f64) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for (index, rung) in data.rungs.iter().enumerate() {
        let ratio = rung.rate_per_s / total_per_s;
        let away = if ratio < 1.0 { 1.0 / ratio } else { ratio };
        if best.is_none_or(|(least, _)| away < least) {
            best = Some((away, index));
        }
    }
    best.map(|(_, index)| index)
}

/// What must be said about processors at the load.
pub(super) fn load_notes(data: &ChooseData, wakes_per_s: f64) -> Vec<String> {
    let (Some(first), Some(last)) = (data.rungs.first(), data.rungs.last()) else {
        return vec![say("load.none", &[])];
    };
    let lowest = rate(first.rate_per_s);
    let size = bytes(first.size_bytes as f64);
    let kind = first.kind.to_string();
    let highest = rate(last.rate_per_s);
    let mut notes = vec![say(
        "load",
        &[
            ("size", &*size),
            ("kind", &*kind),
            ("first", &*lowest),
            ("last", &*highest),
        ],
    )];
    if wakes_per_s < first.rate_per_s {
        let own = rate(wakes_per_s);
        notes.push(say("load.below", &[("rate", &*own), ("first", &*lowest)]));
    }
    notes
}
