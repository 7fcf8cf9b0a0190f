
"use strict";
(() => {
  const dataNode = document.getElementById("choose-data");
  const section = document.getElementById("choose");
  const data = JSON.parse(dataNode.textContent);
  const form = document.getElementById("chooser");
  const fields = form.elements;
  const MIB = 2 ** 20;
  // As many are shown at once.
  const SHOWN = 5;

  const ticked = (name) =>
    [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((it) => it.value);
  const tick = (name, values) => {
    for (const box of form.querySelectorAll(`input[name="${name}"]`)) {
      box.checked = values.includes(box.value);
    }
  };
  const number = (field) => (field.value === "" ? null : field.valueAsNumber);

  function question() {
    const limit = number(fields.memoryLimit);
    return {
      workload: {
        sizeBytes: fields.sizeBytes.valueAsNumber,
        kind: fields.kind.value,
        connections: fields.connections.valueAsNumber,
        ratePerS: fields.ratePerS.valueAsNumber,
        pattern: fields.pattern.value,
        burst: fields.burst.valueAsNumber,
      },
      needs: {
        features: ticked("features"),
        runtime: fields.runtime.value || null,
        http: fields.http.value || null,
        licences: ticked("licences"),
        maintainedWithinMonths: number(fields.maintainedWithinMonths),
        language: fields.language.value || null,
        memoryLimitBytes: limit === null ? null : Math.round(limit * MIB),
      },
      axis: fields.axis.value,
      unknownOk: fields.unknownOk.checked,
      today: new Date().toISOString().slice(0, 10),
    };
  }

  function fill({ workload, needs, axis }) {
    for (const name of ["sizeBytes", "kind", "connections", "ratePerS", "pattern", "burst"]) {
      fields[name].value = workload[name];
    }
    for (const name of ["runtime", "http", "maintainedWithinMonths", "language"]) {
      fields[name].value = needs[name] ?? "";
    }
    tick("features", needs.features);
    tick("licences", needs.licences);
    fields.memoryLimit.value = needs.memoryLimitBytes === null ? "" : needs.memoryLimitBytes / MIB;
    fields.axis.value = axis;
  }

  function node(tag, content, className) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...[content].flat());
    return made;
  }

  // What stands between backticks is code.
  const marked = (text) =>
    text.split("`").map((part, at) => (at % 2 === 1 ? node("code", part) : part));

  const list = (items) => node("ul", items.map((it) => node("li", marked(it))));

  function fold(title, content) {
    return node("details", [node("summary", title), ...[content].flat()]);
  }

  function pick(found) {
    const parts = [
      node("h4", found.name),
      node("p", `${found.library} ${found.version}, ${found.runtime}`, "what"),
      list(found.reasons),
    ];
    if (found.caveats.length > 0) parts.push(node("p", "Not known:"), list(found.caveats));
    if (found.others.length > 0) {
      const others = found.others.map((it) => `${it.name}: ${it.text}`);
      parts.push(fold("Other rows of this library", list(others)));
    }
    if (found.gaps.length > 0) {
      parts.push(fold("What it can’t do, or does otherwise", list(found.gaps)));
    }
    if (found.repository.startsWith("https://")) {
      const link = node("a", `Source of ${found.library}`);
      link.href = found.repository;
      parts.push(node("p", link));
    }
    return node("article", parts);
  }

  // A place goes on where the list was cut.
  function places(picks, all) {
    const parts = [];
    for (const [at, found] of picks.entries()) {
      if (at === 0 || picks[at - 1].place !== found.place) {
        const others = all.filter((it) => it.place === found.place).length;
        const note = others > 1 ? `: ${others} libraries that can’t be told apart` : "";
        parts.push(node("h3", `Place ${found.place}${note}`), node("div", [], "answers"));
      }
      parts.at(-1).append(pick(found));
    }
    return parts;
  }

  function show(answer) {
    const parts = places(answer.picks.slice(0, SHOWN), answer.picks);
    const rest = answer.picks.slice(SHOWN);
    if (rest.length > 0) parts.push(fold(`and ${rest.length} more`, places(rest, answer.picks)));
    parts.push(node("h3", "How sure that is"), list(answer.sureness));
    parts.push(node("h3", "What to know"), list(answer.notes));
    if (answer.ruledOut.length > 0) {
      const names = new Set(answer.ruledOut.map((it) => it.name));
      const told = answer.ruledOut.map((it) => `${it.name}: ${it.need}: ${it.because}`);
      parts.push(fold(`Ruled out: ${names.size} rows, and by which need`, list(told)));
    }
    if (answer.alone.length > 0) {
      const told = answer.alone.map((it) => `${it.need}: ${it.names.join(", ")}`);
      parts.push(fold("Rows that one need alone rules out", list(told)));
    }
    if (answer.unranked.length > 0) {
      const told = answer.unranked.map((it) => `${it.name}: ${it.because}`);
      parts.push(fold("Rows that meet every need and have no figure", list(told)));
    }
    document.getElementById("choose-answer").replaceChildren(...parts);
    const ruledOut = new Set(answer.ruledOut.map((it) => it.name)).size;
    const best = answer.picks.filter((it) => it.place === 1).map((it) => it.name);
    document.getElementById("choose-status").textContent =
      best.length === 0
        ? `Nothing meets every need; ${ruledOut} rows are ruled out.`
        : `Place 1: ${best.join(", ")}. ${answer.picks.length} libraries meet every need, ` +
          `${ruledOut} rows are ruled out.`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(globalThis.chooseLibrary(data, question()));
  });

  fields.profile.addEventListener("change", () => {
    const profile = data.profiles.find((it) => it.name === fields.profile.value);
    document.getElementById("profile-why").textContent = profile?.why ?? "";
    if (!profile) return;
    fill(profile);
    form.requestSubmit();
  });

  section.hidden = false;
  document.getElementById("to-choose").hidden = false;
})();
