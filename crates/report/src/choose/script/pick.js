// One pick (pick.rs).

const LARGE_BYTES = 16 * 1024;

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

function spanReason(name, span, show, further, say) {
  return say(name, [
    ["value", show(span.value)],
    ["low", show(span.low)],
    ["high", show(span.high)],
    ...further,
  ]);
}

function reasonsFor(picking, candidate, found, checked, say) {
  const { data, question, ranking } = picking;
  const { cpu, loaded, cores, memory } = found;
  const reasons = [
    isFigure(cpu)
      ? figureReason("cpu", cpu, time, [], say)
      : say("cpu.missing", [["why", cpu]]),
  ];
  if (loaded !== null) {
    const further = [["rate", rate(picking.totalPerS)]];
    reasons.push(spanReason("loaded", loaded, time, further, say));
  } else if (data.rungs.length > 0) {
    reasons.push(say("load.missing"));
  }
  if (cores !== null) reasons.push(spanReason("cores", cores, digits, [], say));
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
  if (memory !== null) {
    const further = [["connections", grouped(question.workload.connections)]];
    reasons.push(spanReason("resident", memory, bytes, further, say));
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
  const cores =
    loadedCpuNs === null ? null : times(loadedCpuNs, picking.totalPerS / 1e9);
  const resident = memoryOf(candidate, question.workload.connections);
  const memory = typeof resident === "string" ? null : resident;
  const found = { cpu, loaded, cores, memory };
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
    reasons: reasonsFor(picking, candidate, found, checked, say),
    caveats,
    cpuNs,
    loadedCpuNs,
    cores,
    bytesPerConnection: isFigure(candidate.memory)
      ? span(candidate.memory)
      : null,
    memoryBytes: memory,
    p99Ns: isFigure(p99) ? span(p99) : null,
    others: rest,
    gaps: candidate.gaps,
    repository: candidate.repository,
  };
}
