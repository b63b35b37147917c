import { expect, test } from "vitest";
import { age, backupMoment, moment, shorten, shortMoment, size } from "../../client/src/format.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const SECOND = 1_000;
const DAY = 86_400 * SECOND;

test.each([
  [0, "now"],
  [9 * SECOND, "now"],
  [-5 * SECOND, "now"],
  [59 * SECOND, "59s ago"],
  [60 * SECOND, "1m ago"],
  [3_600 * SECOND, "1h ago"],
  [DAY, "1d ago"],
  [364 * DAY, "364d ago"],
  [366 * DAY, "1y ago"],
])("%i ms is %s", (past, text) => {
  expect(age(NOW - past, NOW, "en")).toBe(text);
});

test("ages are said in the reader's language, at length where asked", () => {
  expect(age(NOW - 2 * DAY, NOW, "en", "long")).toBe("2 days ago");
  expect(age(NOW - 2 * DAY, NOW, "de", "long")).toBe("vor 2 Tagen");
});

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1_500, "1.5 kB"],
  [2_000_000, "2 MB"],
  [5e12, "5,000 GB"],
])("%i bytes are %s", (bytes, text) => {
  expect(size(bytes, "en")).toBe(text);
});

test("a moment has its year only where it is another one", () => {
  expect(moment(NOW, NOW, "en")).not.toContain("2026");
  expect(moment(NOW - 400 * DAY, NOW, "en")).toContain("2025");
});

test("a short moment says only what is not today's", () => {
  expect(shortMoment(NOW, NOW, "en-GB")).toMatch(/^\d\d:\d\d:\d\d$/);
  expect(shortMoment(NOW - 2 * DAY, NOW, "en-GB")).toMatch(/^20 Nov,? \d\d:\d\d$/);
  expect(shortMoment(NOW - 400 * DAY, NOW, "en-GB")).toContain("2025");
});

test("long and broken texts become one short line", () => {
  expect(shorten("a\n  b", 10)).toBe("a b");
  expect(shorten("abcdef", 4)).toBe("abc…");
  expect(shorten("🦉🦉🦉", 3)).toBe("🦉🦉🦉");
});

test("a backup is called by its moment in the reader's time, not by its id in UTC", () => {
  const name = backupMoment("backup_20261122T115900123Z_ab12cd", NOW, "en");
  expect(name).toBe(moment(NOW - 60 * SECOND, NOW, "en"));
  expect(backupMoment("not-an-id", NOW, "en")).toBe("not-an-id");
});
