// Places (rank.rs).

const MARGIN = 1.1;

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

function bestKnown(rows, checked) {
  const unknown = (row) =>
    checked[row.index].filter((it) => it.state === "unknown").length;
  const least = Math.min(...rows.map(unknown));
  return rows.filter((row) => unknown(row) === least);
}

function shortList(data, ranking, ranked, checked) {
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
    const chosen = standsFor(data, ranking, bestKnown(rows, checked));
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
