// Cells (workload.rs).

const PIPELINED_REACH = 4;
const FAR = 32;

function nearestInFlight(cells, burst) {
  let best = null;
  for (const cell of cells) {
    const ratio = cell.inFlight / burst;
    const away = ratio < 1 ? 1 / ratio : ratio;
    if (
      best === null ||
      away < best.away ||
      (away === best.away && cell.inFlight < best.flight)
    ) {
      best = { away, flight: cell.inFlight };
    }
  }
  return best.flight;
}

const KINDS = {
  binary: ["binary", "text-ascii", "text-multibyte"],
  "text-ascii": ["text-ascii", "text-multibyte", "binary"],
  "text-multibyte": ["text-multibyte", "text-ascii", "binary"],
};

function series(cells, inFlight, kind) {
  const distance = (index) => KINDS[kind].indexOf(cells[index].kind);
  const found = [];
  cells.forEach((cell, index) => {
    if (cell.inFlight !== inFlight) return;
    const at = found.findIndex(
      (known) => cells[known].sizeBytes === cell.sizeBytes,
    );
    if (at < 0) found.push(index);
    else if (distance(index) < distance(found[at])) found[at] = index;
  });
  return found.sort((a, b) => cells[a].sizeBytes - cells[b].sizeBytes);
}

function neighbours(cells, order, sizeBytes, notes, say) {
  const name = (index) => bytes(cells[index].sizeBytes);
  const size = bytes(sizeBytes);
  const smallest = order[0];
  const largest = order[order.length - 1];
  if (sizeBytes < cells[smallest].sizeBytes) {
    notes.push(say("cell.below", [["cell", name(smallest)]]));
    return { first: smallest, second: null };
  }
  if (sizeBytes > cells[largest].sizeBytes) {
    const values = [
      ["cell", name(largest)],
      ["size", size],
    ];
    notes.push(say("cell.above", values));
    return { first: largest, second: null };
  }
  let at = 0;
  order.forEach((index, position) => {
    if (cells[index].sizeBytes <= sizeBytes) at = position;
  });
  const low = order[at];
  const from = cells[low].sizeBytes;
  if (at + 1 >= order.length || from >= sizeBytes) {
    return { first: low, second: null };
  }
  const high = order[at + 1];
  const share = (sizeBytes - from) / (cells[high].sizeBytes - from);
  const values = [
    ["size", size],
    ["low", name(low)],
    ["high", name(high)],
  ];
  notes.push(say("cell.between", values));
  if (cells[high].sizeBytes > FAR * from) {
    notes.push(say("cell.far", values.slice(1)));
  }
  return { first: low, second: { cell: high, share } };
}

function kindNote(cell, wanted, say) {
  if (cell.kind === wanted) return [];
  const name = bytes(cell.sizeBytes);
  if (wanted !== "binary" && cell.kind === "binary") {
    return [say("cell.no-validation", [["cell", name]])];
  }
  const values = [
    ["cell", name],
    ["kind", say("kind." + cell.kind)],
    ["wanted", say("kind." + wanted)],
  ];
  return [say("cell.kind", values)];
}

const cellsOf = (cells) =>
  cells.second === null ? [cells.first] : [cells.first, cells.second.cell];

function cellsFor(data, load, say) {
  const notes = [];
  const single = Math.min(...data.cells.map((cell) => cell.inFlight));
  let inFlight = nearestInFlight(data.cells, load.burst);
  const burst = grouped(load.burst);
  if (inFlight > single) {
    const sizes = data.cells
      .filter((cell) => cell.inFlight === inFlight)
      .map((cell) => cell.sizeBytes);
    if (load.sizeBytes > PIPELINED_REACH * Math.max(...sizes)) {
      inFlight = single;
    }
  }
  if (inFlight > single) {
    const values = [
      ["burst", burst],
      ["flight", String(inFlight)],
    ];
    notes.push(say("burst.used", values));
  } else if (load.burst > 1) {
    const values = [
      ["burst", burst],
      ["size", bytes(load.sizeBytes)],
    ];
    notes.push(say("burst.single", values));
  }
  const order = series(data.cells, inFlight, load.kind);
  const found = neighbours(data.cells, order, load.sizeBytes, notes, say);
  const cells = {
    first: found.first,
    second: found.second,
    burst: inFlight > single ? load.burst : 1,
    notes,
  };
  for (const cell of cellsOf(cells)) {
    notes.push(...kindNote(data.cells[cell], load.kind, say));
  }
  return cells;
}

function cpuOf(candidate, cells) {
  if (cells.second === null) return candidate.cpu[cells.first];
  const low = candidate.cpu[cells.first];
  const high = candidate.cpu[cells.second.cell];
  if (!isFigure(low)) return low;
  if (!isFigure(high)) return high;
  const at = (from, to) => from + (to - from) * cells.second.share;
  return {
    value: at(low.value, high.value),
    low: at(low.low, high.low),
    high: at(low.high, high.high),
    isRange: low.isRange || high.isRange,
    blocks: Math.min(low.blocks, high.blocks),
    letters: [],
  };
}

function surcharge(data, candidate, base, wakesPerS) {
  let below = null;
  for (let at = 0; at < data.rungs.length; at += 1) {
    const rung = data.rungs[at];
    const loaded = candidate.loadedCpu[at];
    if (!isFigure(loaded)) continue;
    const added = {
      value: Math.max(loaded.value - base.value, 0),
      low: Math.max(loaded.low - base.high, 0),
      high: Math.max(loaded.high - base.low, 0),
    };
    if (wakesPerS <= rung.ratePerS) {
      if (below === null) return added;
      const share = (wakesPerS - below.from) / (rung.ratePerS - below.from);
      const between = (from, to) => from + (to - from) * share;
      return {
        value: between(below.added.value, added.value),
        low: between(below.added.low, added.low),
        high: between(below.added.high, added.high),
      };
    }
    below = { from: rung.ratePerS, added };
  }
  if (below === null) return null;
  const busy = (data.run.serverProcessors * 1e9) / base.value;
  if (wakesPerS >= busy || busy <= below.from) {
    return { value: 0, low: 0, high: below.added.high };
  }
  const left = 1 - (wakesPerS - below.from) / (busy - below.from);
  return {
    value: below.added.value * left,
    low: below.added.low * left,
    high: below.added.high,
  };
}

function nearestRung(data, totalPerS) {
  let best = null;
  data.rungs.forEach((rung, index) => {
    const ratio = rung.ratePerS / totalPerS;
    const away = ratio < 1 ? 1 / ratio : ratio;
    if (best === null || away < best.away) best = { away, index };
  });
  return best === null ? null : best.index;
}

function loadNotes(data, wakesPerS, say) {
  if (data.rungs.length === 0) return [say("load.none")];
  const first = data.rungs[0];
  const last = data.rungs[data.rungs.length - 1];
  const notes = [
    say("load", [
      ["size", bytes(first.sizeBytes)],
      ["kind", say("kind." + first.kind)],
      ["first", rate(first.ratePerS)],
      ["last", rate(last.ratePerS)],
    ]),
  ];
  if (wakesPerS < first.ratePerS) {
    const values = [
      ["rate", rate(wakesPerS)],
      ["first", rate(first.ratePerS)],
    ];
    notes.push(say("load.below", values));
  }
  return notes;
}

function memoryOf(candidate, connections) {
  if (!isFigure(candidate.memory)) return candidate.memory;
  if (candidate.baseBytes === null) {
    return "memory before the first connection was not read";
  }
  const base = candidate.baseBytes;
  return plus(times(span(candidate.memory), connections), {
    value: base,
    low: base,
    high: base,
  });
}
