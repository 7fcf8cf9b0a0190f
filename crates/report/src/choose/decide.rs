//! From a question to an answer. The scripts in `script` do the same, step by
//! step.

use super::{
    Answer, Axis, CHOOSE_VERSION, ChooseError, Feature, Pattern, Question, Span, Workload,
    answer::{Alone, Pick, RuledOut, Unranked},
    data::{Candidate, ChooseData, State},
    date::Day,
    needs::{Checked, check},
    pick::{Picking, memory_of},
    rank::{MARGIN, Ranking, places},
    words::{bytes, digits, grouped, rate, say},
    workload::{Cells, cells_for, load_notes, nearest_rung},
};

/// Below this share of a processor CPU hardly decides.
const HARDLY_BUSY: f64 = 0.5;

/// Answers `question` from `data`.
///
/// # Errors
/// When the question can't be asked of these data; [`Question::check`] says
/// why.
pub fn choose(data: &ChooseData, question: &Question) -> Result<Answer, ChooseError> {
    question.check(data)?;
    let load = &question.workload;
    let cells = cells_for(data, load).ok_or(ChooseError::NoEchoCell)?;
    let total_per_s = load.connections as f64 * load.rate_per_s;
    let rung = nearest_rung(data, total_per_s);
    let ranking = Ranking {
        data,
        axis: question.axis,
        cells: &cells,
        rung,
    };
    let sieved = sieve(data, question);
    let mut unranked = Vec::new();
    let mut ranked: Vec<(usize, f64)> = Vec::new();
    for index in &sieved.left {
        let candidate = &data.candidates[*index];
        match ranking.figure(candidate, question.axis) {
            Ok(figure) => ranked.push((*index, figure.value)),
            Err(because) => unranked.push(Unranked {
                name: candidate.name.clone(),
                because,
            }),
        }
    }
    let picking = Picking {
        data,
        question,
        ranking: &ranking,
        total_per_s,
        base: rung.and_then(|rung| {
            let rung = &data.rungs[rung];
            let load = Workload {
                size_bytes: rung.size_bytes,
                kind: rung.kind,
                burst: 1,
                ..load.clone()
            };
            cells_for(data, &load)
        }),
    };
    let picks: Vec<Pick> = short_list(data, &ranking, &ranked, &sieved.checked)
        .into_iter()
        .map(|(place, row, others)| {
            let met = &sieved.checked[row];
            picking.pick(place, &data.candidates[row], &others, met)
        })
        .collect();
    let names = |index: &usize| data.candidates[*index].name.clone();
    Ok(Answer {
        choose_version: CHOOSE_VERSION,
        axis: question.axis,
        sureness: sureness(data, question, &ranking, &picks),
        notes: notes(data, question, &cells, rung, &picks),
        candidates: sieved.left.iter().map(names).collect(),
        picks,
        unranked,
        ruled_out: sieved.ruled_out,
        alone: sieved.alone,
    })
}

struct Sieved {
    /// What was checked of every row.
    checked: Vec<Vec<Checked>>,
    /// The rows that meet all needs.
    left: Vec<usize>,
    ruled_out: Vec<RuledOut>,
    alone: Vec<Alone>,
}

fn sieve(data: &ChooseData, question: &Question) -> Sieved {
    let mut sieved = Sieved {
        checked: Vec::new(),
        left: Vec::new(),
        ruled_out: Vec::new(),
        alone: Vec::new(),
    };
    for (index, candidate) in data.candidates.iter().enumerate() {
        let memory = memory_of(candidate, question.workload.connections);
        let checked = check(question, candidate, &memory);
        let failed: Vec<&Checked> = checked
            .iter()
            .filter(|it| match it.state {
                State::Yes => false,
                State::No => true,
                State::Unknown => !question.unknown_ok,
            })
            .collect();
        if failed.is_empty() {
            sieved.left.push(index);
        }
        if let [only] = *failed {
            let known = sieved.alone.iter_mut().find(|it| it.need == only.need);
            match known {
                Some(alone) => alone.names.push(candidate.name.clone()),
                None => sieved.alone.push(Alone {
                    need: only.need.clone(),
                    names: vec![candidate.name.clone()],
                }),
            }
        }
        sieved
            .ruled_out
            .extend(failed.into_iter().map(|it| RuledOut {
                name: candidate.name.clone(),
                need: it.need.clone(),
                because: it.text.clone(),
                is_unknown: it.state == State::Unknown,
            }));
        sieved.checked.push(checked);
    }
    sieved
}

/// A library's rows, its place, the one that stands for it, and the others.
type Entry = (usize, usize, Vec<usize>);

/// One row per library, then places by the axis, and the order inside a place.
fn short_list(
    data: &ChooseData,
    ranking: &Ranking<'_>,
    ranked: &[(usize, f64)],
    checked: &[Vec<Checked>],
) -> Vec<Entry> {
    let candidate = |index: usize| &data.candidates[index];
    let is_same = |left: usize, right: usize| {
        let (left, right) = (candidate(left), candidate(right));
        left.library == right.library && left.language == right.language
    };
    let mut libraries: Vec<Vec<(usize, f64)>> = Vec::new();
    for row in ranked {
        match libraries.iter_mut().find(|rows| is_same(rows[0].0, row.0)) {
            Some(rows) => rows.push(*row),
            None => libraries.push(vec![*row]),
        }
    }
    let mut picked: Vec<((usize, f64), Vec<usize>)> = Vec::new();
    for rows in libraries {
        let chosen = stands_for(data, ranking, &best_known(&rows, checked));
        let others = rows.iter().map(|row| row.0).filter(|row| *row != chosen.0);
        picked.push((chosen, others.collect()));
    }
    picked.sort_by(|left, right| {
        let by_figure = left.0.1.total_cmp(&right.0.1);
        by_figure.then(left.0.0.cmp(&right.0.0))
    });
    let places = places(picked.len(), |left, right| {
        let (left, right) = (picked[left].0.0, picked[right].0.0);
        ranking.are_apart(ranking.axis, candidate(left), candidate(right))
    });
    let mut list: Vec<(f64, Entry)> = Vec::new();
    for (place, ((row, _), others)) in places.into_iter().zip(picked) {
        let second = ranking.figure(candidate(row), ranking.within_place());
        let second = second.map_or(f64::INFINITY, |figure| figure.value);
        list.push((second, (place, row, others)));
    }
    list.sort_by(|(left_second, left), (right_second, right)| {
        let by_place = left.0.cmp(&right.0);
        let by_second = left_second.total_cmp(right_second);
        by_place.then(by_second).then(left.1.cmp(&right.1))
    });
    list.into_iter().map(|(_, entry)| entry).collect()
}

/// The rows of which least is unknown about the needs.
fn best_known(rows: &[(usize, f64)], checked: &[Vec<Checked>]) -> Vec<(usize, f64)> {
    let unknown = |row: &(usize, f64)| {
        let needs = checked[row.0].iter();
        needs.filter(|it| it.state == State::Unknown).count()
    };
    let least = rows.iter().map(unknown).min();
    let known = rows.iter().copied();
    known.filter(|row| Some(unknown(row)) == least).collect()
}

/// The row that stands for its library: of the rows that can't be told from the
/// library's best by the axis, and by CPU where that isn't the axis, the least
/// one in its default variant, or the least one.
fn stands_for(data: &ChooseData, ranking: &Ranking<'_>, rows: &[(usize, f64)]) -> (usize, f64) {
    let candidate = |row: &(usize, f64)| &data.candidates[row.0];
    let least = |rows: &[(usize, f64)]| {
        let first_least = |best: (usize, f64), row: (usize, f64)| {
            if row.1 < best.1 { row } else { best }
        };
        rows.iter().copied().fold(rows[0], first_least)
    };
    let near = |axis: Axis, best: (usize, f64), rows: &[(usize, f64)]| {
        let is_near = |row: &(usize, f64)| {
            row.0 == best.0 || !ranking.are_apart(axis, candidate(&best), candidate(row))
        };
        let near: Vec<(usize, f64)> = rows.iter().copied().filter(is_near).collect();
        near
    };
    let mut left = near(ranking.axis, least(rows), rows);
    if ranking.axis != Axis::Cpu {
        let cpu = |row: &(usize, f64)| {
            let figure = ranking.figure(candidate(row), Axis::Cpu);
            (row.0, figure.map_or(f64::INFINITY, |figure| figure.value))
        };
        let by_cpu: Vec<(usize, f64)> = left.iter().map(cpu).collect();
        left = near(Axis::Cpu, least(&by_cpu), &left);
    }
    let untuned: Vec<(usize, f64)> = left
        .iter()
        .copied()
        .filter(|row| !candidate(row).is_tuned)
        .collect();
    least(if untuned.is_empty() { &left } else { &untuned })
}

fn notes(
    data: &ChooseData,
    question: &Question,
    cells: &Cells,
    rung: Option<usize>,
    picks: &[Pick],
) -> Vec<String> {
    let load = &question.workload;
    let total_per_s = load.connections as f64 * load.rate_per_s;
    let mut notes = Vec::new();
    if picks.is_empty() {
        notes.push(say("nothing", &[]));
    }
    notes.extend(cells.notes.iter().cloned());
    if load.pattern == Pattern::Push {
        notes.push(say("push", &[]));
    }
    notes.extend(load_notes(data, total_per_s / f64::from(cells.burst)));
    if let (Axis::P99, Some(rung)) = (question.axis, rung) {
        let rung = &data.rungs[rung];
        notes.push(say(
            "latency",
            &[
                ("size", &*bytes(rung.size_bytes as f64)),
                ("kind", &*rung.kind.to_string()),
                ("connections", &*grouped(u64::from(rung.connections))),
                ("rate", &*rate(rung.rate_per_s)),
                ("own", &*rate(total_per_s)),
            ],
        ));
    }
    notes.push(say("memory.note", &[]));
    if let Some(measured) = data.idle_connections.filter(|it| *it < load.connections) {
        notes.push(say(
            "memory.beyond",
            &[
                ("measured", &*grouped(measured)),
                ("connections", &*grouped(load.connections)),
            ],
        ));
    }
    let cores: Vec<Span> = picks.iter().filter_map(|pick| pick.cores).collect();
    let most = cores.iter().map(|it| it.high).fold(0.0, f64::max);
    if most > data.run.server_processors as f64 {
        let count = grouped(data.run.server_processors as u64);
        let processors = match data.run.server_processors {
            1 => say("processors.one", &[]),
            _ => say("processors.many", &[("count", &*count)]),
        };
        notes.push(say("processors", &[("processors", &*processors)]));
    }
    if question.axis == Axis::Cpu && most < HARDLY_BUSY && !cores.is_empty() {
        notes.push(say("idle", &[("cores", &*digits(most))]));
    }
    let asks = |feature: Feature| question.needs.features.contains(&feature);
    if asks(Feature::Tls) || asks(Feature::TlsBuiltIn) {
        notes.push(say("tls", &[]));
    }
    if asks(Feature::Deflate) {
        notes.push(say("deflate", &[]));
    }
    notes.push(say("transfer", &[("cpu", &*data.run.cpu_model)]));
    if data.facts_day.is_none() {
        notes.push(say("facts.missing", &[]));
    }
    if !data.not_measured.is_empty() {
        let names = data.not_measured.join(", ");
        notes.push(say("not.measured", &[("names", &*names)]));
    }
    notes
}

fn sureness(
    data: &ChooseData,
    question: &Question,
    ranking: &Ranking<'_>,
    picks: &[Pick],
) -> Vec<String> {
    let run = &data.run;
    let age = match (Day::parse(&question.today), Day::parse(&run.day)) {
        (Some(today), Some(day)) => today.days_since(day).max(0),
        _ => 0,
    };
    let mut told = vec![say(
        "sure.run",
        &[
            ("day", &*run.day),
            ("host", &*run.host),
            ("age", &*age.to_string()),
            ("blocks", &*run.whole_blocks.to_string()),
        ],
    )];
    if run.is_partial {
        told.push(say("sure.partial", &[]));
    }
    if run.tolerates_disturbance {
        told.push(say("sure.disturbed", &[]));
    }
    for cell in ranking.cells.all() {
        let cell = &data.cells[cell];
        let name = format!("{} {}", bytes(cell.size_bytes as f64), cell.kind);
        told.push(match cell.noise_floor {
            Some(factor) => say(
                "sure.floor",
                &[("cell", &*name), ("factor", &*digits(factor))],
            ),
            None => say("sure.no-floor", &[("cell", &*name)]),
        });
    }
    if let (Axis::P99, Some(rung)) = (question.axis, ranking.rung) {
        let rung = &data.rungs[rung];
        let offered = rate(rung.rate_per_s);
        told.push(match rung.p99_noise_floor {
            Some(factor) => say(
                "sure.p99",
                &[("rate", &*offered), ("factor", &*digits(factor))],
            ),
            None => say("sure.no-p99", &[("rate", &*offered)]),
        });
    }
    let is_untested = |it: &Candidate| {
        it.memory
            .figure()
            .is_some_and(|figure| figure.letters.is_empty())
    };
    if question.axis == Axis::Memory && data.candidates.iter().any(is_untested) {
        told.push(say("sure.margin", &[("margin", &*margin())]));
    }
    told.extend(about_places(ranking, picks));
    told
}

/// The margin beyond 1, in per cent.
fn margin() -> String {
    grouped((MARGIN * 100.0 - 100.0).round() as u64)
}

fn about_places(ranking: &Ranking<'_>, picks: &[Pick]) -> Vec<String> {
    let first = picks.iter().filter(|pick| pick.place == 1).count();
    let name = ranking.axis.to_string();
    let order = ranking.within_place();
    let mut told = Vec::new();
    if first > 1 {
        told.push(say(
            "sure.shared",
            &[
                ("count", &*first.to_string()),
                ("axis", &*name),
                ("second", &*order.to_string()),
            ],
        ));
    } else if picks.len() > 1 {
        told.push(say("sure.first", &[("axis", &*name)]));
    }
    if picks.iter().any(|pick| pick.place > 1) {
        told.push(say("sure.places", &[("margin", &*margin())]));
    }
    told
}
