// What the page does for a person with a mouse, with a keyboard, and without
// scripts.
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { assert, file, isSorted, launch, open, unfold, url } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const firstNumbers = (page, selector, column) =>
  page.$$eval(
    `${selector} tbody tr:not([hidden])`,
    (rows, column) =>
      rows.map((row) => {
        const cell = row.cells[column];
        if (cell.querySelector("em")) return null;
        const number = parseFloat(cell.textContent.replaceAll(",", ""));
        return Number.isNaN(number) ? null : number;
      }),
    column,
  );

const names = (page, selector) =>
  page.$$eval(`${selector} tbody tr:not([hidden]) th`, (heads) =>
    heads.map((head) => head.textContent),
  );

test("it is valid HTML", async () => {
  const validator = new HtmlValidate({
    extends: ["html-validate:standard"],
    rules: {
      // The region that scrolls is no set of fields, and no landmark.
      "prefer-native-element": "off",
      // A form role=search is older than <search> and known to more readers.
      "no-redundant-role": "off",
    },
  });
  const report = await validator.validateString(readFileSync(file, "utf8"));
  const found = report.results.flatMap((result) =>
    result.messages.map((it) => `${it.line}:${it.column} ${it.ruleId}: ${it.message}`),
  );
  assert.deepEqual(found.slice(0, 20), []);
});

test("it opens without a complaint and without a request", async () => {
  const { page, troubles, close } = await open(browser);
  await unfold(page);
  await page.waitForTimeout(200);
  assert.deepEqual(troubles, []);
  await close();
});

test("its policy forbids requests", async () => {
  const { page, close } = await open(browser);
  const outcome = await page.evaluate(async () => {
    try {
      await fetch("data:text/plain,x");
      return "sent";
    } catch {
      return "refused";
    }
  });
  assert.equal(outcome, "refused");
  await close();
});

test("headers sort by what is shown, and a third time gives the first order back", async () => {
  const { page, troubles, close } = await open(browser);
  const table = "#glance table";
  const before = await names(page, table);
  const head = page.locator(`${table} thead th`).nth(1);
  const button = head.locator("button");

  await button.focus();
  await page.keyboard.press("Enter");
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  let numbers = await firstNumbers(page, table, 1);
  const known = numbers.filter((it) => it !== null);
  assert.ok(known.length > 2, "there are figures to sort");
  assert.ok(isSorted(known), known.join(" "));
  assert.deepEqual(numbers.slice(known.length), numbers.slice(known.length).fill(null));

  await page.keyboard.press("Space");
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  numbers = await firstNumbers(page, table, 1);
  assert.ok(isSorted(numbers.filter((it) => it !== null).reverse()));
  assert.deepEqual(numbers.slice(known.length), numbers.slice(known.length).fill(null));

  const other = page.locator(`${table} thead th`).nth(0);
  await other.locator("button").click();
  assert.equal(await head.getAttribute("aria-sort"), null);
  assert.equal(await other.getAttribute("aria-sort"), "ascending");
  const sorted = await names(page, table);
  assert.deepEqual(sorted, [...sorted].sort((a, b) => a.localeCompare(b, "en", { numeric: true })));

  await other.locator("button").click();
  await other.locator("button").click();
  assert.equal(await other.getAttribute("aria-sort"), null);
  assert.deepEqual(await names(page, table), before);
  assert.deepEqual(troubles, []);
  await close();
});

test("every header of every table sorts without an error", async () => {
  const { page, troubles, close } = await open(browser);
  const count = await page.evaluate(() => {
    const buttons = document.querySelectorAll("table.s thead button");
    for (const button of buttons) button.click();
    return buttons.length;
  });
  assert.ok(count > 50, `${count} headers`);
  assert.deepEqual(troubles, []);
  await close();
});

test("the filter leaves the rows that are asked for, in all tables, and says how many", async () => {
  const { page, troubles, close } = await open(browser);
  const table = "#glance table";
  const status = page.locator("#filter-status");
  const all = await names(page, table);

  await page.locator("#filter [name=text]").fill("tungstenite tuned");
  let left = await names(page, table);
  assert.ok(left.length > 0 && left.length < all.length);
  assert.deepEqual(left, all.filter((it) => it.includes("tungstenite") && it.includes("tuned")));
  assert.match(await status.textContent(), /^\d+ of \d+ rows are shown\.$/);
  assert.match(
    await page.locator(`${table} caption`).textContent(),
    new RegExp(`\\(${left.length} of ${all.length} rows shown\\)`),
  );
  const others = await page.$$eval("#cpu tr[data-e]:not([hidden]) th", (heads) =>
    heads.map((head) => head.textContent),
  );
  assert.ok(others.length > 0 && others.every((it) => it.includes("tuned")));

  await page.locator("#filter button[type=reset]").click();
  await page.waitForFunction(
    () => !document.querySelector("#glance caption").textContent.includes("shown"),
  );
  assert.deepEqual(await names(page, table), all);
  assert.match(await status.textContent(), /^All \d+ rows are shown\.$/);

  await page.locator("#filter [name=baselines]").check();
  left = await names(page, table);
  assert.ok(all.includes("raw-tcp") && !left.includes("raw-tcp"));

  await page.locator("#filter [name=variant]").selectOption("tuned");
  left = await names(page, table);
  assert.ok(left.length > 0 && left.every((it) => it.includes("tuned")));

  await page.locator("#filter button[type=reset]").click();
  await page.locator("#filter [name=runtime]").selectOption("threads");
  await page.waitForFunction(() =>
    document.querySelector("#filter-status").textContent.includes(" of "),
  );
  left = await names(page, table);
  assert.ok(left.length > 0 && left.length < all.length);

  await page.locator("#filter [name=language]").selectOption({ index: 1 });
  assert.match(await status.textContent(), /rows are shown/);
  assert.deepEqual(troubles, []);
  await close();
});

test("the keyboard reaches the skip link first and every region that scrolls", async () => {
  const { page, close } = await open(browser, { viewport: { width: 360, height: 740 } });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.ok((await page.url()).endsWith("#answer"));
  const unreachable = await page.$$eval("*", (all) =>
    all
      .filter((it) => ["auto", "scroll"].includes(getComputedStyle(it).overflowX))
      .filter((it) => it.scrollWidth > it.clientWidth && it.tabIndex < 0)
      .filter((it) => !["PRE", "HTML"].includes(it.tagName))
      .map((it) => it.outerHTML.slice(0, 80)),
  );
  assert.deepEqual(unreachable, []);
  await close();
});

test("no width makes the page itself scroll sideways", async () => {
  for (const width of [320, 360, 800, 1400]) {
    const { page, close } = await open(browser, { viewport: { width, height: 800 } });
    await unfold(page);
    const wide = await page.evaluate(() => {
      const most = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= most) return [];
      return [...document.querySelectorAll("main *, nav *, header *")]
        .filter((it) => it.getBoundingClientRect().right > most + 1)
        .filter((it) => !it.closest(".scroll, pre"))
        .map((it) => it.outerHTML.slice(0, 100));
    });
    assert.deepEqual(wide, [], `at ${width} px`);
    await close();
  }
});

test("no row is a screen high on a telephone", async () => {
  const { page, close } = await open(browser, { viewport: { width: 360, height: 740 } });
  await unfold(page);
  const high = await page.$$eval("tbody tr", (rows) =>
    rows
      .filter((row) => row.getBoundingClientRect().height > 300)
      .map((row) => `${row.closest("table").caption?.textContent}: ${row.cells[0].textContent}`),
  );
  assert.deepEqual(high, []);
  await close();
});

test("no caption is cut off on a telephone", async () => {
  const { page, close } = await open(browser, { viewport: { width: 360, height: 740 } });
  await unfold(page);
  const cut = await page.$$eval(".scroll caption", (captions) =>
    captions
      .filter((it) => it.getBoundingClientRect().right > it.closest(".scroll").getBoundingClientRect().right)
      .map((it) => it.textContent),
  );
  assert.deepEqual(cut, []);
  await close();
});

test("without scripts everything can be read", async () => {
  const { page, close } = await open(browser, { javaScriptEnabled: false });
  await page.locator("#glance table").waitFor({ state: "visible" });
  assert.equal(await page.locator("#filter").isVisible(), false);
  const folds = page.locator("#options details");
  await folds.first().locator("summary").click();
  await folds.first().locator("p").first().waitFor({ state: "visible" });
  await close();
});

test("on paper every fold is open, also without scripts", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { page, close } = await open(browser, { javaScriptEnabled });
    await page.emulateMedia({ media: "print" });
    if (javaScriptEnabled) await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    const table = page.locator("#cpu details table").first();
    const box = await table.boundingBox();
    assert.ok(box && box.height > 50, "a folded table takes no room on paper");
    assert.equal(await page.locator("nav").isVisible(), false);
    const tallest = await page.$$eval(".plot svg", (plots) =>
      Math.max(...plots.map((it) => it.getBoundingClientRect().height)),
    );
    assert.ok(tallest > 0 && tallest < 850, "a plot is taller than a sheet of paper");
    const boxed = await page.$$eval("thead button", (buttons) =>
      buttons.filter((it) => getComputedStyle(it).display !== "contents").length,
    );
    assert.equal(boxed, 0, "a title that the next sheet doesn't repeat");
    await close();
  }
});

test("links inside the page lead somewhere", async () => {
  const { page, close } = await open(browser);
  const dead = await page.$$eval('a[href^="#"]', (links) =>
    links.map((it) => it.hash.slice(1)).filter((id) => !document.getElementById(id)),
  );
  assert.deepEqual(dead, []);
  assert.equal((await page.url()).split("#")[0], url);
  await close();
});

const picked = (page) =>
  page.$$eval("#choose-answer article h4", (heads) => heads.map((head) => head.textContent));

const expected = (page, profile, change = {}) =>
  page.evaluate(
    ([name, change]) => {
      const data = JSON.parse(document.getElementById("choose-data").textContent);
      const { workload, needs, axis } = data.profiles.find((it) => it.name === name);
      const today = new Date().toISOString().slice(0, 10);
      const question = { workload, needs, axis, unknownOk: false, today, ...change };
      return globalThis.chooseLibrary(data, question).picks.map((it) => it.name);
    },
    [profile, change],
  );

test("a place that goes on below the fold counts all who share it", async () => {
  const { page, close } = await open(browser);
  await page.selectOption('#choose [name="profile"]', "market-data");
  const places = await page.evaluate(() => {
    const heads = [...document.querySelectorAll("#choose-answer h3")];
    const told = heads.map((it) => it.textContent).filter((it) => it.startsWith("Place"));
    const each = told.map((it) => it.match(/^Place (\d+)(?:: (\d+) )?/).slice(1));
    const articles = heads
      .filter((it) => it.textContent.startsWith("Place"))
      .map((it) => it.nextElementSibling.querySelectorAll("article").length);
    return each.map(([place, count], at) => ({ place, count: Number(count ?? 1), there: articles[at] }));
  });
  for (const { place, count } of places) {
    const there = places.filter((it) => it.place === place).reduce((sum, it) => sum + it.there, 0);
    assert.equal(count, there, `place ${place}`);
  }
  assert.ok(places.length > 0);
  await close();
});

test("every ready-made question is answered as the rules say", async () => {
  const { page, troubles, close } = await open(browser);
  const names = await page.$$eval("#chooser [name=profile] option", (all) =>
    all.map((it) => it.value).filter((it) => it !== ""),
  );
  assert.ok(names.length > 2);
  for (const name of names) {
    await page.locator("#chooser [name=profile]").selectOption(name);
    assert.deepEqual(await picked(page), await expected(page, name), name);
    assert.notEqual(await page.locator("#profile-why").textContent(), "");
    assert.match(await page.locator("#choose-status").textContent(), /rows are ruled out\.$/);
  }
  assert.deepEqual(troubles, []);
  await close();
});

test("a question of one's own is asked with the keyboard alone", async () => {
  const { page, troubles, close } = await open(browser);
  await page.locator("#chooser [name=profile]").selectOption("chat");
  const before = await picked(page);
  assert.ok(before.length > 0);

  await page.locator("#chooser [name=axis][value=memory]").focus();
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.locator("#chooser [name=axis][value=cpu]").isChecked(), true);
  await page.locator("#chooser button[type=submit]").focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await picked(page), await expected(page, "chat", { axis: "cpu" }));

  await page.locator("#chooser [name=memoryLimit]").fill("0.001");
  await page.keyboard.press("Enter");
  assert.deepEqual(await picked(page), []);
  assert.match(await page.locator("#choose-status").textContent(), /^Nothing meets every need/);
  assert.ok(await page.locator("#choose-answer").getByText("Ruled out").isVisible());

  // What can't be asked is refused by the form, and the answer stays.
  await page.locator("#chooser [name=sizeBytes]").fill("0");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#chooser [name=sizeBytes]:invalid").count(), 1);
  assert.deepEqual(troubles, []);
  await close();
});
