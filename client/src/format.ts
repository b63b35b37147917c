/** Times and sizes in few characters, in the reader's language. */
import { backupTime } from "../../shared/src/backup-time.ts";

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

type AgeStyle = "narrow" | "long";

/**
 * Ages, sizes and counts in the language of `locale`. Making one of Intl's formats takes as long as
 * using it some hundred times: whoever draws many rows keeps one of these.
 */
export class Formats {
  readonly #locale: string;
  readonly #ages = new Map<string, Intl.RelativeTimeFormat>();
  readonly #numbers = new Map<string, Intl.NumberFormat>();

  constructor(locale: string) {
    this.#locale = locale;
  }

  /**
   * How long ago `at` was, e.g. "5m ago", or "5 minutes ago" in style `long`. Under ten seconds, and
   * for a clock that runs ahead, it is "now". Times are milliseconds since 1970.
   */
  age(at: number, now: number, style: AgeStyle = "narrow"): string {
    const past = now - at;
    if (past < 10_000) return this.#relative(style, "auto").format(0, "second");
    const [, unit, ms] = SPANS.find(([limit]) => past < limit) ?? ["", "year", YEAR];
    const units = -Math.floor(past / ms);
    return this.#relative(style, "always").format(units, unit as Intl.RelativeTimeFormatUnit);
  }

  /** A size for people, e.g. "1.5 kB"; `bytes` as counted, 1 kB being 1,000 of them. */
  size(bytes: number): string {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    const step = bytes < 1_000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
    return this.#number({
      style: "unit",
      unit: units[step] ?? "byte",
      unitDisplay: step === 0 ? "long" : "short",
      maximumFractionDigits: step === 0 ? 0 : 1,
    }).format(bytes / 1_000 ** step);
  }

  /** A number with its thousands apart. */
  count(number: number): string {
    return this.#number({}).format(number);
  }

  #relative(style: AgeStyle, numeric: "always" | "auto"): Intl.RelativeTimeFormat {
    const id = `${style} ${numeric}`;
    const format =
      this.#ages.get(id) ?? new Intl.RelativeTimeFormat(this.#locale, { style, numeric });
    this.#ages.set(id, format);
    return format;
  }

  #number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const id = options.unit ?? "";
    const format = this.#numbers.get(id) ?? new Intl.NumberFormat(this.#locale, options);
    this.#numbers.set(id, format);
    return format;
  }
}

/** One age: see `Formats.age`. */
export function age(at: number, now: number, locale: string, style: AgeStyle = "narrow"): string {
  return new Formats(locale).age(at, now, style);
}

/** One size: see `Formats.size`. */
export function size(bytes: number, locale: string): string {
  return new Formats(locale).size(bytes);
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

/** The same in few characters: without the day where it is now's, without seconds where it is not. */
export function shortMoment(at: number, now: number, locale: string): string {
  const [then, today] = [new Date(at), new Date(now)];
  const time = { hour: "numeric", minute: "2-digit" } as const;
  if (then.toDateString() === today.toDateString()) {
    return new Intl.DateTimeFormat(locale, { ...time, second: "2-digit" }).format(at);
  }
  const year = then.getFullYear() === today.getFullYear() ? {} : ({ year: "numeric" } as const);
  const day = { month: "short", day: "numeric" } as const;
  return new Intl.DateTimeFormat(locale, { ...year, ...day, ...time }).format(at);
}

/** What people know a backup by: the moment it was made, as its row says it; what is no id stays. */
export function backupMoment(id: string, now: number, locale: string): string {
  const at = backupTime(id);
  return at === undefined ? id : moment(at, now, locale);
}

/** `text` on one line of at most `length` characters, an ellipsis standing for the rest. */
export function shorten(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, " ");
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join("")}…`;
}
