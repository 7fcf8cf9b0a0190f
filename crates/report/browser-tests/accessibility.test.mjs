// axe-core over the page, unfolded, in both schemes at every width.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { assert, launch, open, screenshots, SCHEMES, unfold, WIDTHS } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

// Rows differ in nothing but their figures; a few of each table are enough for
// what is slow to look at.
function leaveSomeRows(page) {
  return page.evaluate(() => {
    for (const body of document.querySelectorAll("tbody")) {
      [...body.rows].forEach((row, at) => {
        if (at >= 4) row.remove();
      });
    }
  });
}

for (const colorScheme of SCHEMES) {
  for (const width of WIDTHS) {
    test(`axe finds nothing at ${width} px, ${colorScheme}`, async () => {
      const viewport = { width, height: 900 };
      // axe is put into the page from outside, which the page's policy forbids.
      const options = { viewport, colorScheme, bypassCSP: true, reducedMotion: "reduce" };
      const { page, close } = await open(browser, options);
      await page.locator("#chooser [name=profile]").selectOption({ index: 1 });
      await leaveSomeRows(page);
      await unfold(page);
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
        return violations.map((it) => ({
          id: it.id,
          help: it.help,
          nodes: it.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
        }));
      });
      assert.deepEqual(violations, []);
      await close();
    });
  }
}

test("screenshots", { skip: screenshots === "" }, async () => {
  mkdirSync(screenshots, { recursive: true });
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      const viewport = { width, height: width < 500 ? 900 : 1100 };
      const { page, close } = await open(browser, { viewport, colorScheme, reducedMotion: "reduce" });
      await page.locator("#chooser [name=profile]").selectOption({ index: 1 });
      const ids = await page.$$eval("main > section:not([hidden])", (all) =>
        all.map((it) => it.id),
      );
      await page.screenshot({ path: `${screenshots}/${width}-${colorScheme}-top.png` });
      for (const id of ids) {
        await page.evaluate((id) => document.getElementById(id).scrollIntoView(), id);
        await page.screenshot({ path: `${screenshots}/${width}-${colorScheme}-${id}.png` });
      }
      await close();
    }
  }
});
