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
