
"use strict";
(() => {
  const subjects = JSON.parse(document.getElementById("rows").textContent);

  // Sorting. What a cell shows decides: its first number, in bytes where it has
  // such a unit; without one, its text. Rows without a figure stay last.
  const UNITS = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
  const NUMBER = /^[≈×<\s]*([+−-]?)(\d[\d,]*(?:\.\d+)?)(?![\d.]*\.\d)\s*(KiB|MiB|GiB)?/;

  function keyOf(cell) {
    const text = cell.textContent.trim();
    const isReason = cell.firstElementChild?.tagName === "EM";
    if (isReason || text === "" || text === "–") return null;
    const day = /^(\d{4})-(\d\d)-(\d\d)/.exec(text);
    if (day) return Number(day[1] + day[2] + day[3]);
    const found = NUMBER.exec(text);
    if (!found) return text;
    const size = Number(found[2].replaceAll(",", "")) * (UNITS[found[3]] ?? 1);
    return found[1] === "" || found[1] === "+" ? size : -size;
  }

  function compare(left, right) {
    if (typeof left === "number" && typeof right === "number") return left - right;
    if (typeof left === typeof right) return left.localeCompare(right, "en", { numeric: true });
    return typeof left === "number" ? -1 : 1;
  }

  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };

  function sort(table, column, way) {
    const body = table.tBodies[0];
    const order = table.firstOrder;
    if (way === "none") {
      body.append(...order);
      return;
    }
    const keyed = order.map((row) => [keyOf(row.cells[column]), row]);
    const known = keyed.filter(([key]) => key !== null);
    const unknown = keyed.filter(([key]) => key === null);
    const sign = way === "ascending" ? 1 : -1;
    known.sort((left, right) => sign * compare(left[0], right[0]));
    body.append(...known.concat(unknown).map(([, row]) => row));
  }

  for (const table of document.querySelectorAll("table.s")) {
    table.firstOrder = [...table.tBodies[0].rows];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const way = NEXT[head.getAttribute("aria-sort") ?? "none"];
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        if (way !== "none") head.setAttribute("aria-sort", way);
        sort(table, column, way);
      });
    });
  }

  // Filtering: one form for the rows of all tables.
  const filter = document.getElementById("filter");
  const form = filter.querySelector("form");
  const tables = [...document.querySelectorAll("table")]
    .map((table) => ({ table, rows: [...table.querySelectorAll("tr[data-e]")] }))
    .filter(({ rows }) => rows.length > 0);

  function wanted(subject, asked) {
    const words = asked.text.toLowerCase().split(/\s+/);
    const name = subject.n.toLowerCase();
    return (
      words.every((word) => name.includes(word)) &&
      (asked.language === "" || asked.language === subject.l) &&
      (asked.runtime === "" || asked.runtime === subject.r) &&
      (asked.variant === "" || subject.v === "" || asked.variant === subject.v) &&
      !(asked.baselines && subject.b)
    );
  }

  function show() {
    const asked = {
      text: form.elements.text.value.trim(),
      language: form.elements.language.value,
      runtime: form.elements.runtime.value,
      variant: form.elements.variant.value,
      baselines: form.elements.baselines.checked,
    };
    const shown = subjects.map((subject) => wanted(subject, asked));
    const servers = subjects.flatMap((subject, at) => (subject.v === "" ? [] : [shown[at]]));
    for (const { table, rows } of tables) {
      let left = 0;
      for (const row of rows) {
        row.hidden = !shown[row.dataset.e];
        if (!row.hidden) left += 1;
      }
      table.querySelector(".shown")?.remove();
      if (left < rows.length) {
        const note = document.createElement("span");
        note.className = "shown";
        note.textContent = ` (${left} of ${rows.length} rows shown)`;
        table.caption.append(note);
      }
    }
    const count = servers.filter(Boolean).length;
    document.getElementById("filter-status").textContent =
      count === servers.length
        ? `All ${servers.length} rows are shown.`
        : `${count} of ${servers.length} rows are shown.`;
  }

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields have their old values until the event is over.
  form.addEventListener("reset", () => setTimeout(show));
  filter.hidden = false;

  // On paper everything is open.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });
})();
