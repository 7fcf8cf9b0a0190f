// Chromium and the page under test, from the environment that scripts/test-page
// sets.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const file = process.env.REPORT_PAGE;
export const url = pathToFileURL(file).href;
export const screenshots = process.env.REPORT_SCREENSHOTS ?? "";

export const WIDTHS = [360, 800, 1400];
export const SCHEMES = ["light", "dark"];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

// Opens the page; whatever it complains about or asks for is in `troubles`.
export async function open(browser, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url) troubles.push(`request of ${request.url()}`);
  });
  await page.goto(url);
  return { page, troubles, close: () => context.close() };
}

// Opens every fold, so that all content is looked at.
export function unfold(page) {
  return page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

export function isSorted(values) {
  return values.every((value, at) => at === 0 || values[at - 1] <= value);
}

export { assert };
