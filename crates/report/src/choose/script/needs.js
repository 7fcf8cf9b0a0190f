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
