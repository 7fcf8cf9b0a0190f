// Notes and sureness (decide.rs).

const CHOOSE_VERSION = 1;
const HARDLY_BUSY = 0.5;

function notesFor(data, question, cells, rung, picks, say) {
  const load = question.workload;
  const totalPerS = load.connections * load.ratePerS;
  const notes = [];
  if (picks.length === 0) notes.push(say("nothing"));
  notes.push(...cells.notes);
  if (load.pattern === "push") notes.push(say("push"));
  notes.push(...loadNotes(data, totalPerS / cells.burst, say));
  if (question.axis === "p99" && rung !== null) {
    const it = data.rungs[rung];
    notes.push(
      say("latency", [
        ["size", bytes(it.sizeBytes)],
        ["kind", say("kind." + it.kind)],
        ["connections", grouped(it.connections)],
        ["rate", rate(it.ratePerS)],
        ["own", rate(totalPerS)],
      ]),
    );
  }
  notes.push(say("memory.note"));
  if (
    data.idleConnections !== null &&
    data.idleConnections < load.connections
  ) {
    notes.push(
      say("memory.beyond", [
        ["measured", grouped(data.idleConnections)],
        ["connections", grouped(load.connections)],
      ]),
    );
  }
  const cores = picks.map((it) => it.cores).filter((it) => it !== null);
  const most = cores.reduce((found, it) => Math.max(found, it.high), 0);
  const processors = data.run.serverProcessors;
  if (most > processors) {
    const count = [["count", grouped(processors)]];
    const name = processors === 1 ? "processors.one" : "processors.many";
    notes.push(say("processors", [["processors", say(name, count)]]));
  }
  if (question.axis === "cpu" && most < HARDLY_BUSY && cores.length > 0) {
    notes.push(say("idle", [["cores", digits(most)]]));
  }
  const features = question.needs.features || [];
  if (features.includes("tls") || features.includes("tls-built-in")) {
    notes.push(say("tls"));
  }
  if (features.includes("deflate")) notes.push(say("deflate"));
  notes.push(say("transfer", [["cpu", data.run.cpuModel]]));
  if (data.factsDay === null) notes.push(say("facts.missing"));
  if (data.notMeasured.length > 0) {
    notes.push(say("not.measured", [["names", data.notMeasured.join(", ")]]));
  }
  return notes;
}

function surenessFor(data, question, ranking, picks, say) {
  const { cells, rung } = ranking;
  const run = data.run;
  const [today, runDay] = [day(question.today), day(run.day)];
  const age =
    today === null || runDay === null
      ? 0
      : Math.max(dayNumber(today) - dayNumber(runDay), 0);
  const told = [
    say("sure.run", [
      ["day", run.day],
      ["host", run.host],
      ["age", String(age)],
      ["blocks", String(run.wholeBlocks)],
    ]),
  ];
  if (run.isPartial) told.push(say("sure.partial"));
  if (run.toleratesDisturbance) told.push(say("sure.disturbed"));
  for (const index of cellsOf(cells)) {
    const cell = data.cells[index];
    const name = bytes(cell.sizeBytes) + " " + say("kind." + cell.kind);
    if (cell.noiseFloor === null) {
      told.push(say("sure.no-floor", [["cell", name]]));
    } else {
      const values = [
        ["cell", name],
        ["factor", digits(cell.noiseFloor)],
      ];
      told.push(say("sure.floor", values));
    }
  }
  if (question.axis === "p99" && rung !== null) {
    const it = data.rungs[rung];
    const values = [["rate", rate(it.ratePerS)]];
    if (it.p99NoiseFloor === null) {
      told.push(say("sure.no-p99", values));
    } else {
      values.push(["factor", digits(it.p99NoiseFloor)]);
      told.push(say("sure.p99", values));
    }
  }
  const margin = grouped(Math.round(MARGIN * 100 - 100));
  const isUntested = (it) =>
    isFigure(it.memory) && it.memory.letters.length === 0;
  if (question.axis === "memory" && data.candidates.some(isUntested)) {
    told.push(say("sure.margin", [["margin", margin]]));
  }
  const first = picks.filter((it) => it.place === 1).length;
  const axis = say("axis." + question.axis);
  if (first > 1) {
    told.push(
      say("sure.shared", [
        ["count", String(first)],
        ["axis", axis],
        ["second", say("axis." + ranking.within)],
      ]),
    );
  } else if (picks.length > 1) {
    told.push(say("sure.first", [["axis", axis]]));
  }
  if (picks.some((it) => it.place > 1)) {
    told.push(say("sure.places", [["margin", margin]]));
  }
  return told;
}

// The whole answer.

function chooseLibrary(data, question) {
  const say = speaker(data.words);
  const load = question.workload;
  const cells = cellsFor(data, load, say);
  const totalPerS = load.connections * load.ratePerS;
  const rung = nearestRung(data, totalPerS);
  const ranking = ranker(data, question.axis, cells, rung);
  const sieved = sieve(data, question, say);
  const ranked = [];
  const unranked = [];
  for (const index of sieved.left) {
    const candidate = data.candidates[index];
    const figure = ranking.figure(candidate, question.axis);
    if (isFigure(figure)) ranked.push({ index, value: figure.value });
    else unranked.push({ name: candidate.name, because: figure });
  }
  let base = null;
  if (rung !== null) {
    const { sizeBytes, kind } = data.rungs[rung];
    base = cellsFor(data, { ...load, sizeBytes, kind, burst: 1 }, say);
  }
  const picking = { data, question, ranking, totalPerS, base };
  const picks = shortList(data, ranking, ranked, sieved.checked).map((it) =>
    pick(
      picking,
      it.place,
      data.candidates[it.index],
      it.others,
      sieved.checked[it.index],
      say,
    ),
  );
  return {
    chooseVersion: CHOOSE_VERSION,
    axis: question.axis,
    picks,
    unranked,
    ruledOut: sieved.ruledOut,
    alone: sieved.alone,
    candidates: sieved.left.map((index) => data.candidates[index].name),
    sureness: surenessFor(data, question, ranking, picks, say),
    notes: notesFor(data, question, cells, rung, picks, say),
  };
}

globalThis.chooseLibrary = chooseLibrary;
