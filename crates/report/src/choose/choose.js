// The same as `choose` in decide.rs, step by step, for a page: pure, without
// dependencies, and with the same arithmetic, so that both give the same bits.
// Sentences stand in `data.words`.
(function () {
  "use strict";

  const CHOOSE_VERSION = 1;
  const PIPELINED_REACH = 4;
  const FAR = 32;
  const MARGIN = 1.1;
  const LARGE_BYTES = 16 * 1024;
  const HARDLY_BUSY = 0.5;

  // Numbers (words.rs).

  function grouped(value) {
    const digits = String(value);
    let text = "";
    for (let at = 0; at < digits.length; at += 1) {
      if (at > 0 && (digits.length - at) % 3 === 0) text += ",";
      text += digits[at];
    }
    return text;
  }

  function digits(value) {
    if (!(value > 0)) return "0";
    if (value < 0.001) return "<0.001";
    let scale = 100000;
    let decimals = 5;
    if (value >= 100) [scale, decimals] = [1, 0];
    else if (value >= 10) [scale, decimals] = [10, 1];
    else if (value >= 1) [scale, decimals] = [100, 2];
    else if (value >= 0.1) [scale, decimals] = [1000, 3];
    else if (value >= 0.01) [scale, decimals] = [10000, 4];
    const scaled = Math.floor(value * scale + 0.5);
    if (decimals === 0) return grouped(scaled);
    const whole = Math.floor(scaled / scale);
    const rest = scaled - whole * scale;
    return String(whole) + "." + String(rest).padStart(decimals, "0");
  }

  function time(ns) {
    if (ns < 1e3) return digits(ns) + " ns";
    if (ns < 1e6) return digits(ns / 1e3) + " µs";
    if (ns < 1e9) return digits(ns / 1e6) + " ms";
    return digits(ns / 1e9) + " s";
  }

  function bytes(value) {
    let unit = 1;
    let name = "B";
    if (value >= 1024 * 1024 * 1024) [unit, name] = [1024 * 1024 * 1024, "GiB"];
    else if (value >= 1024 * 1024) [unit, name] = [1024 * 1024, "MiB"];
    else if (value >= 1024) [unit, name] = [1024, "KiB"];
    const inUnit = value / unit;
    if (Math.floor(inUnit) === inUnit) return grouped(inUnit) + " " + name;
    return digits(inUnit) + " " + name;
  }

  function rate(perS) {
    return Math.floor(perS) === perS
      ? grouped(perS)
      : digits(perS).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  }

  function speaker(words) {
    return function say(name, values) {
      let text = words[name] === undefined ? name : words[name];
      for (const [place, value] of values || []) {
        text = text.split("{" + place + "}").join(value);
      }
      return text;
    };
  }

  // Days (date.rs).

  function day(text) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text || "")) return null;
    const [year, month, date] = text.split("-").map(Number);
    if (month < 1 || month > 12 || date < 1 || date > 31) return null;
    return { year, month, date };
  }

  function dayNumber(it) {
    const year = it.month <= 2 ? it.year - 1 : it.year;
    const month = (it.month + 9) % 12;
    const leaps =
      Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
    return year * 365 + leaps + Math.floor((month * 306 + 5) / 10) + it.date - 1;
  }

  function isWithinMonths(it, months, today) {
    const first = today.year * 12 + today.month - months;
    const own = it.year * 12 + it.month;
    return own > first || (own === first && it.date >= today.date);
  }

  // Figures: a string says why there is none.

  const isFigure = (measured) => typeof measured !== "string";
  const span = (figure) => ({
    value: figure.value,
    low: figure.low,
    high: figure.high,
  });
  const times = (it, factor) => ({
    value: it.value * factor,
    low: it.low * factor,
    high: it.high * factor,
  });
  const plus = (one, two) => ({
    value: one.value + two.value,
    low: one.low + two.low,
    high: one.high + two.high,
  });

  // Cells (workload.rs).

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

  // Needs (needs.rs).

  const yesIf = (isMet) => (isMet ? "yes" : "no");
  const languageName = (name) => name[0].toUpperCase() + name.slice(1);

  function checkRuntime(wanted, candidate, say) {
    const need = say("need.runtime", [["name", wanted]]);
    const values = [
      ["runtime", candidate.runtime],
      ["claimed", candidate.runtimes.text],
    ];
    if (candidate.measuredOn.includes(wanted)) {
      return { need, state: "yes", text: say("runtime.met", [values[0]]) };
    }
    const names = candidate.runtimes.names;
    if (names === null) {
      return { need, state: "unknown", text: say("runtime.nothing", values) };
    }
    const namesIt = names.includes(wanted) || names.includes("any");
    const state = namesIt ? "unknown" : "no";
    return { need, state, text: say("runtime.other", values) };
  }

  function checkHttp(wanted, candidate, say) {
    const need = say("need.http", [["name", wanted]]);
    const { names, text } = candidate.http;
    if (names === null) return { need, state: "unknown", text };
    if (names.includes(wanted)) return { need, state: "yes", text };
    if (!names.includes("any")) return { need, state: "no", text };
    const values = [
      ["text", text],
      ["name", wanted],
    ];
    return { need, state: "unknown", text: say("http.any", values) };
  }

  function checkMaintained(question, candidate, say) {
    const months = question.needs.maintainedWithinMonths;
    const need = say("need.maintained", [["months", String(months)]]);
    const released = day(candidate.released.day);
    if (released === null) {
      return { need, state: "unknown", text: candidate.released.text };
    }
    const isMet = isWithinMonths(released, months, day(question.today));
    const values = [
      ["version", candidate.version],
      ["day", candidate.released.day],
    ];
    return { need, state: yesIf(isMet), text: say("released", values) };
  }

  function checkMemory(question, memory, say) {
    const limit = question.needs.memoryLimitBytes;
    const need = say("need.memory", [["limit", bytes(limit)]]);
    if (typeof memory === "string") {
      return { need, state: "unknown", text: memory };
    }
    const values = [
      ["memory", bytes(memory.value)],
      ["connections", grouped(question.workload.connections)],
    ];
    const text = say("memory.need", values);
    return { need, state: yesIf(memory.high <= limit), text };
  }

  function check(question, candidate, memory, say) {
    const needs = question.needs;
    const found = [];
    if (needs.language != null && candidate.language !== needs.language) {
      const name = languageName(needs.language);
      found.push({
        need: say("need.language", [["name", name]]),
        state: "no",
        text: say("language", [["language", languageName(candidate.language)]]),
      });
    }
    for (const feature of new Set(needs.features || [])) {
      const fact = candidate.features[feature];
      found.push({
        need: say("need." + feature),
        state: fact ? fact.state : "unknown",
        text: fact ? fact.text : say("no.fact"),
      });
    }
    if (needs.runtime != null) {
      found.push(checkRuntime(needs.runtime, candidate, say));
    }
    if (needs.http != null) found.push(checkHttp(needs.http, candidate, say));
    const licences = needs.licences || [];
    if (licences.length > 0) {
      const accepted = licences.map((it) => it.toLowerCase());
      const isAccepted = (it) => accepted.includes(it.toLowerCase());
      const sets = candidate.licence.alternatives;
      found.push({
        need: say("need.licence", [["names", licences.join(", ")]]),
        state:
          sets === null
            ? "unknown"
            : yesIf(sets.some((set) => set.every(isAccepted))),
        text: candidate.licence.text,
      });
    }
    if (needs.maintainedWithinMonths != null) {
      found.push(checkMaintained(question, candidate, say));
    }
    if (needs.memoryLimitBytes != null) {
      found.push(checkMemory(question, memory, say));
    }
    return found;
  }

  // Places (rank.rs).

  function noCommonLetter(left, right) {
    const hasVerdict = left.letters.length > 0 && right.letters.length > 0;
    return hasVerdict && !left.letters.some((it) => right.letters.includes(it));
  }

  function farApart(left, right, margin) {
    const [less, more] = left.value < right.value ? [left, right] : [right, left];
    return less.high < more.low && more.value > less.value * margin;
  }

  function toldApart(left, right, noiseFloor) {
    if (noCommonLetter(left, right)) return true;
    if (noiseFloor === null || left.isRange || right.isRange) return false;
    return farApart(left, right, Math.max(noiseFloor, MARGIN));
  }

  const SECOND = { cpu: "memory", memory: "cpu", p99: "cpu" };

  function ranker(data, axis, cells, rung) {
    function figure(candidate, on) {
      if (on === "cpu") return cpuOf(candidate, cells);
      if (on === "memory") return candidate.memory;
      return rung === null ? "this run has no fixed rates" : candidate.p99[rung];
    }
    function areApart(on, left, right) {
      if (on === "cpu") {
        let lower = null;
        return cellsOf(cells).every((cell) => {
          const [one, two] = [left.cpu[cell], right.cpu[cell]];
          if (!isFigure(one) || !isFigure(two)) return false;
          const isLower = one.value < two.value;
          if (lower === null) lower = isLower;
          const floor = data.cells[cell].noiseFloor;
          return lower === isLower && toldApart(one, two, floor);
        });
      }
      const [one, two] = [figure(left, on), figure(right, on)];
      if (!isFigure(one) || !isFigure(two)) return false;
      if (on === "p99") {
        return toldApart(one, two, data.rungs[rung].p99NoiseFloor);
      }
      return noCommonLetter(one, two) || farApart(one, two, MARGIN);
    }
    const isUntold = cellsOf(cells).some(
      (cell) => data.cells[cell].noiseFloor === null,
    );
    const within = axis === "cpu" && isUntold ? "cpu" : SECOND[axis];
    return { axis, cells, rung, figure, areApart, within };
  }

  function places(rows, areApart) {
    const found = [];
    let place = 1;
    let start = 0;
    for (let row = 0; row < rows; row += 1) {
      for (let member = start; member < row; member += 1) {
        if (areApart(member, row)) {
          place += 1;
          start = row;
          break;
        }
      }
      found.push(place);
    }
    return found;
  }

  // The short list (decide.rs).

  function sieve(data, question, say) {
    const sieved = { checked: [], left: [], ruledOut: [], alone: [] };
    data.candidates.forEach((candidate, index) => {
      const memory = memoryOf(candidate, question.workload.connections);
      const checked = check(question, candidate, memory, say);
      const failed = checked.filter(
        (it) =>
          it.state === "no" || (it.state === "unknown" && !question.unknownOk),
      );
      if (failed.length === 0) sieved.left.push(index);
      if (failed.length === 1) {
        const need = failed[0].need;
        const known = sieved.alone.find((it) => it.need === need);
        if (known) known.names.push(candidate.name);
        else sieved.alone.push({ need, names: [candidate.name] });
      }
      for (const it of failed) {
        sieved.ruledOut.push({
          name: candidate.name,
          need: it.need,
          because: it.text,
          isUnknown: it.state === "unknown",
        });
      }
      sieved.checked.push(checked);
    });
    return sieved;
  }

  function standsFor(data, ranking, rows) {
    const candidate = (row) => data.candidates[row.index];
    const least = (of) =>
      of.reduce((best, row) => (row.value < best.value ? row : best));
    const near = (axis, best, of) =>
      of.filter(
        (row) =>
          row.index === best.index ||
          !ranking.areApart(axis, candidate(best), candidate(row)),
      );
    let left = near(ranking.axis, least(rows), rows);
    if (ranking.axis !== "cpu") {
      const byCpu = left.map((row) => {
        const figure = ranking.figure(candidate(row), "cpu");
        const value = isFigure(figure) ? figure.value : Infinity;
        return { index: row.index, value };
      });
      left = near("cpu", least(byCpu), left);
    }
    const untuned = left.filter((row) => !candidate(row).isTuned);
    return least(untuned.length > 0 ? untuned : left);
  }

  function shortList(data, ranking, ranked) {
    const candidate = (row) => data.candidates[row.index];
    const isSame = (one, two) =>
      candidate(one).library === candidate(two).library &&
      candidate(one).language === candidate(two).language;
    const libraries = [];
    for (const row of ranked) {
      const rows = libraries.find((known) => isSame(known[0], row));
      if (rows) rows.push(row);
      else libraries.push([row]);
    }
    const picked = libraries.map((rows) => {
      const chosen = standsFor(data, ranking, rows);
      const others = rows.filter((row) => row.index !== chosen.index);
      return { row: chosen, others };
    });
    picked.sort(
      (a, b) => a.row.value - b.row.value || a.row.index - b.row.index,
    );
    const found = places(picked.length, (left, right) =>
      ranking.areApart(
        ranking.axis,
        candidate(picked[left].row),
        candidate(picked[right].row),
      ),
    );
    const list = picked.map(({ row, others }, at) => {
      const second = ranking.figure(candidate(row), ranking.within);
      return {
        place: found[at],
        second: isFigure(second) ? second.value : Infinity,
        index: row.index,
        others: others.map((it) => it.index),
      };
    });
    // Infinity less Infinity is no number.
    const bySecond = (a, b) => (a.second === b.second ? 0 : a.second - b.second);
    return list.sort(
      (a, b) => a.place - b.place || bySecond(a, b) || a.index - b.index,
    );
  }

  // One pick (pick.rs).

  function figureReason(name, figure, show, further, say) {
    return say(figure.isRange ? name + ".range" : name, [
      ["value", show(figure.value)],
      ["low", show(figure.low)],
      ["high", show(figure.high)],
      ["blocks", String(figure.blocks)],
      ...further,
    ]);
  }

  function added(picking, candidate) {
    if (picking.base === null) return null;
    const base = cpuOf(candidate, picking.base);
    if (!isFigure(base)) return null;
    const burst = picking.ranking.cells.burst;
    const wakes = picking.totalPerS / burst;
    const found = surcharge(picking.data, candidate, base, wakes);
    return found === null ? null : times(found, 1 / burst);
  }

  function furtherReasons(picking, candidate, say) {
    const reasons = [];
    const threads = candidate.threadsPerConnection;
    if (threads !== null && threads > 0.5) reasons.push(say("threads"));
    for (const index of cellsOf(picking.ranking.cells)) {
      const cell = picking.data.cells[index];
      const peak = candidate.peakBytes[index];
      if (peak !== null && cell.sizeBytes >= LARGE_BYTES) {
        reasons.push(
          say("peak", [
            ["peak", bytes(peak)],
            ["connections", grouped(cell.connections)],
            ["size", bytes(cell.sizeBytes)],
          ]),
        );
      }
    }
    if (picking.question.workload.burst > 1 && candidate.flush !== "") {
      reasons.push(say("flush", [["flush", candidate.flush]]));
    }
    return reasons;
  }

  function reasonsFor(picking, candidate, cpu, loaded, checked, say) {
    const { data, question, ranking } = picking;
    const reasons = [
      isFigure(cpu)
        ? figureReason("cpu", cpu, time, [], say)
        : say("cpu.missing", [["why", cpu]]),
    ];
    if (loaded !== null) {
      reasons.push(
        say("loaded", [
          ["value", time(loaded.value)],
          ["rate", rate(picking.totalPerS)],
          ["low", time(loaded.low)],
          ["high", time(loaded.high)],
        ]),
      );
    } else if (data.rungs.length > 0) {
      reasons.push(say("load.missing"));
    }
    if (isFigure(candidate.memory)) {
      const base =
        candidate.baseBytes === null
          ? say("memory.base")
          : bytes(candidate.baseBytes);
      const further = [["base", base]];
      reasons.push(figureReason("memory", candidate.memory, bytes, further, say));
    } else {
      reasons.push(say("memory.missing", [["why", candidate.memory]]));
    }
    if (question.axis === "p99") {
      const p99 = ranking.figure(candidate, "p99");
      if (isFigure(p99)) {
        const rung = data.rungs[ranking.rung];
        const further = [
          ["rate", rate(rung.ratePerS)],
          ["size", bytes(rung.sizeBytes)],
        ];
        reasons.push(figureReason("p99", p99, time, further, say));
      } else {
        reasons.push(say("p99.missing", [["why", p99]]));
      }
    }
    reasons.push(...furtherReasons(picking, candidate, say));
    for (const it of checked.filter((one) => one.state === "yes")) {
      const values = [
        ["need", it.need],
        ["text", it.text],
      ];
      reasons.push(say("met", values));
    }
    return reasons;
  }

  function pick(picking, place, candidate, others, checked, say) {
    const { data, question, ranking } = picking;
    const axis = ranking.axis;
    const cpu = ranking.figure(candidate, "cpu");
    const p99 = ranking.figure(candidate, "p99");
    const cpuNs = isFigure(cpu) ? span(cpu) : null;
    const more = added(picking, candidate);
    const nothing = { value: 0, low: 0, high: 0 };
    const loadedCpuNs =
      cpuNs === null ? null : plus(cpuNs, more === null ? nothing : more);
    const loaded = more === null ? null : loadedCpuNs;
    const memory = memoryOf(candidate, question.workload.connections);
    const caveats = checked
      .filter((it) => it.state === "unknown")
      .map((it) =>
        say("unknown", [
          ["need", it.need],
          ["text", it.text],
        ]),
      );
    const rest = [];
    for (const index of others) {
      const other = data.candidates[index];
      const figure = ranking.figure(other, axis);
      if (!isFigure(figure)) continue;
      const show = axis === "memory" ? bytes : time;
      const isApart = ranking.areApart(axis, candidate, other);
      rest.push({
        name: other.name,
        figure: figure.value,
        text: say("other", [
          ["figure", show(figure.value)],
          ["apart", say(isApart ? "other.apart" : "other.tied")],
        ]),
      });
    }
    return {
      name: candidate.name,
      library: candidate.library,
      version: candidate.version,
      runtime: candidate.runtime,
      place,
      reasons: reasonsFor(picking, candidate, cpu, loaded, checked, say),
      caveats,
      cpuNs,
      loadedCpuNs,
      cores:
        loadedCpuNs === null ? null : times(loadedCpuNs, picking.totalPerS / 1e9),
      bytesPerConnection: isFigure(candidate.memory)
        ? span(candidate.memory)
        : null,
      memoryBytes: typeof memory === "string" ? null : memory,
      p99Ns: isFigure(p99) ? span(p99) : null,
      others: rest,
      gaps: candidate.gaps,
      repository: candidate.repository,
    };
  }

  // Notes and sureness (decide.rs).

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
    const picks = shortList(data, ranking, ranked).map((it) =>
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
})();
