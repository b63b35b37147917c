/** Times and sizes in few characters, in the reader's language. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const SPANS: readonly (readonly [limit: number, unit: Intl.RelativeTimeFormatUnit, ms: number])[] =
  [
    [MINUTE, "second", 1_000],
    [HOUR, "minute", MINUTE],
    [DAY, "hour", HOUR],
    [YEAR, "day", DAY],
    [Number.POSITIVE_INFINITY, "year", YEAR],
  ];

/**
 * How long ago `at` was, e.g. "5m ago", or "5 minutes ago" in style `long`. Under ten seconds, and
 * for a clock that runs ahead, it is "now". Times are milliseconds since 1970.
 */
export function age(
  at: number,
  now: number,
  locale: string,
  style: "narrow" | "long" = "narrow",
): string {
  const format = new Intl.RelativeTimeFormat(locale, { style, numeric: "auto" });
  const past = now - at;
  if (past < 10_000) return format.format(0, "second");
  const [, unit, ms] = SPANS.find(([limit]) => past < limit) ?? ["", "year", YEAR];
  const plain = new Intl.RelativeTimeFormat(locale, { style });
  return plain.format(-Math.floor(past / ms), unit as Intl.RelativeTimeFormatUnit);
}

/** A size for people, e.g. "1.5 kB"; `bytes` as counted, 1 kB being 1,000 of them. */
export function size(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = bytes < 1_000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(bytes / 1_000 ** step);
}

/** A moment for people, to the second, in their own time zone; the year only where it is not now's. */
export function moment(at: number, now: number, locale: string): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    ...(sameYear ? {} : { year: "numeric" }),
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
  }).format(at);
}

/** `text` on one line of at most `length` characters, an ellipsis standing for the rest. */
export function shorten(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, " ");
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join("")}…`;
}
