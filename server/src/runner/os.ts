import { printFloat } from "../engine/values/print.ts";
import {
  ArgumentError,
  type HostArguments,
  type HostFunction,
  type HostValue,
  ScriptError,
} from "./runtime.ts";

/**
 * `os` as scripts have it: the clock, and the environment variables that they were given. Nothing here
 * touches files or processes.
 */
export function osFunctions(
  environment: Readonly<Record<string, string>>,
): ReadonlyMap<string, HostFunction> {
  return new Map<string, HostFunction>([
    ["clock", () => float(process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6)],
    ["date", (args) => date(args)],
    ["difftime", (args) => float(seconds(args, 1, "difftime") - seconds(args, 2, "difftime"))],
    [
      "getenv",
      (args) => {
        const name = args.text(1);
        if (name === undefined) throw wrongType(args, 1, "getenv", "string");
        return Object.hasOwn(environment, name) ? exact(JSON.stringify(environment[name])) : null;
      },
    ],
    ["time", (args) => exact(String(time(args)))],
  ]);
}

const exact = (json: string): HostValue => ({ json, plain: false });
const float = (n: number) => exact(printFloat(n));

function wrongType(args: HostArguments, index: number, name: string, expected: string) {
  const type = args.type(index);
  const given = type === "none" ? "no value" : type;
  return new ArgumentError(index, name, `${expected} expected, got ${given}`);
}

/** A point in time as a whole number of seconds. */
function seconds(args: HostArguments, index: number, name: string): number {
  const n = args.type(index) === "number" ? Number(args.text(index)) : Number.NaN;
  if (Number.isFinite(n)) return n;
  throw wrongType(args, index, name, "number");
}

function time(args: HostArguments): number {
  const type = args.type(1);
  if (type === "none" || type === "nil") return Math.floor(Date.now() / 1000);
  if (type !== "table") throw wrongType(args, 1, "time", "table");
  const fields = JSON.parse(args.json(1)) as Record<string, unknown>;
  const field = (name: string, otherwise?: number): number => {
    const given = fields[name] ?? otherwise;
    if (given === undefined) throw new ScriptError(`field '${name}' missing in date table`);
    const n = Number(given);
    if (!Number.isInteger(n)) throw new ScriptError(`field '${name}' is not an integer`);
    if (Math.abs(n) > 2 ** 31) throw new ScriptError(`field '${name}' is out-of-bound`);
    return n;
  };
  const moment = new Date(2000, 0, 1);
  moment.setFullYear(field("year"), field("month") - 1, field("day"));
  moment.setHours(field("hour", 12), field("min", 0), field("sec", 0), 0);
  const result = Math.floor(moment.getTime() / 1000);
  if (Number.isNaN(result)) {
    throw new ScriptError("time result cannot be represented in this installation");
  }
  return result;
}

/** A calendar date with its parts, local or UTC. */
interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly min: number;
  readonly sec: number;
  /** 0: Sunday */
  readonly weekday: number;
  /** 0: January 1st */
  readonly yearDay: number;
  /** Minutes east of UTC. */
  readonly offset: number;
  readonly zone: string;
  readonly isdst: boolean;
}

function partsOf(moment: Date, utc: boolean): Parts {
  const offset = utc ? 0 : -moment.getTimezoneOffset();
  const shifted = new Date(moment.getTime() + offset * 60_000);
  const year = shifted.getUTCFullYear();
  const january = -new Date(year, 0, 1).getTimezoneOffset();
  const july = -new Date(year, 6, 1).getTimezoneOffset();
  return {
    year,
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    min: shifted.getUTCMinutes(),
    sec: shifted.getUTCSeconds(),
    weekday: shifted.getUTCDay(),
    yearDay: Math.floor(
      (Date.UTC(year, shifted.getUTCMonth(), shifted.getUTCDate()) - Date.UTC(year, 0, 1)) /
        86_400_000,
    ),
    offset,
    zone: utc ? "GMT" : zoneName(moment),
    isdst: !utc && january !== july && offset === Math.max(january, july),
  };
}

function zoneName(moment: Date): string {
  const parts = new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(moment);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

function date(args: HostArguments): HostValue {
  const given = args.type(1) === "none" || args.type(1) === "nil" ? "%c" : args.text(1);
  if (given === undefined) throw wrongType(args, 1, "date", "string");
  const now = args.type(2) === "none" || args.type(2) === "nil";
  const at = now ? Math.floor(Date.now() / 1000) : seconds(args, 2, "date");
  if (!Number.isInteger(at)) {
    throw new ArgumentError(2, "date", "number has no integer representation");
  }
  const moment = new Date(at * 1000);
  if (Number.isNaN(moment.getTime())) {
    throw new ScriptError("date result cannot be represented in this installation");
  }
  const utc = given.startsWith("!");
  const format = utc ? given.slice(1) : given;
  const parts = partsOf(moment, utc);
  if (format.startsWith("*t")) {
    const { year, month, day, hour, min, sec, weekday, yearDay, isdst } = parts;
    return exact(
      JSON.stringify({
        year,
        month: month + 1,
        day,
        hour,
        min,
        sec,
        wday: weekday + 1,
        yday: yearDay + 1,
        isdst,
      }),
    );
  }
  return exact(JSON.stringify(strftime(format, parts, at)));
}

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const two = (n: number, pad = "0") => String(n).padStart(2, pad);
const week = ({ yearDay, weekday }: Parts, first: number) =>
  Math.floor((yearDay + 7 - ((weekday - first + 7) % 7)) / 7);

/** ISO 8601 week and the year it belongs to. */
function isoWeek({ year, yearDay, weekday }: Parts): { year: number; week: number } {
  const monday = (weekday + 6) % 7;
  const n = Math.floor((yearDay - monday + 10) / 7);
  const weeksOf = (y: number) => {
    const first = new Date(Date.UTC(y, 0, 1)).getUTCDay();
    const leap = new Date(Date.UTC(y, 1, 29)).getUTCMonth() === 1;
    return first === 4 || (leap && first === 3) ? 53 : 52;
  };
  if (n < 1) return { year: year - 1, week: weeksOf(year - 1) };
  return n > weeksOf(year) ? { year: year + 1, week: 1 } : { year, week: n };
}

/** Each conversion of C99 in the C locale. */
const CONVERSIONS: Readonly<Record<string, (parts: Parts, at: number) => string>> = {
  a: ({ weekday }) => (DAYS[weekday] ?? "").slice(0, 3),
  A: ({ weekday }) => DAYS[weekday] ?? "",
  b: ({ month }) => (MONTHS[month] ?? "").slice(0, 3),
  B: ({ month }) => MONTHS[month] ?? "",
  c: (parts, at) => strftime("%a %b %e %H:%M:%S %Y", parts, at),
  C: ({ year }) => two(Math.floor(year / 100)),
  d: ({ day }) => two(day),
  D: (parts, at) => strftime("%m/%d/%y", parts, at),
  e: ({ day }) => two(day, " "),
  F: (parts, at) => strftime("%Y-%m-%d", parts, at),
  g: (parts) => two(isoWeek(parts).year % 100),
  G: (parts) => String(isoWeek(parts).year),
  h: ({ month }) => (MONTHS[month] ?? "").slice(0, 3),
  H: ({ hour }) => two(hour),
  I: ({ hour }) => two(((hour + 11) % 12) + 1),
  j: ({ yearDay }) => String(yearDay + 1).padStart(3, "0"),
  m: ({ month }) => two(month + 1),
  M: ({ min }) => two(min),
  n: () => "\n",
  p: ({ hour }) => (hour < 12 ? "AM" : "PM"),
  r: (parts, at) => strftime("%I:%M:%S %p", parts, at),
  R: (parts, at) => strftime("%H:%M", parts, at),
  s: (_, at) => String(at),
  S: ({ sec }) => two(sec),
  t: () => "\t",
  T: (parts, at) => strftime("%H:%M:%S", parts, at),
  u: ({ weekday }) => String(weekday === 0 ? 7 : weekday),
  U: (parts) => two(week(parts, 0)),
  V: (parts) => two(isoWeek(parts).week),
  w: ({ weekday }) => String(weekday),
  W: (parts) => two(week(parts, 1)),
  x: (parts, at) => strftime("%m/%d/%y", parts, at),
  X: (parts, at) => strftime("%H:%M:%S", parts, at),
  y: ({ year }) => two(year % 100),
  Y: ({ year }) => String(year),
  z: ({ offset }) =>
    `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`,
  Z: ({ zone }) => zone,
  "%": () => "%",
};

function strftime(format: string, parts: Parts, at: number): string {
  return format.replace(/%([EO]?.|$)/gsu, (whole, letter: string) => {
    const conversion = /^(E[cCxXyY]|O[deHImMSuUVwWy])$/.test(letter) ? letter.slice(1) : letter;
    if (!Object.hasOwn(CONVERSIONS, conversion)) {
      throw new ArgumentError(1, "date", `invalid conversion specifier '${whole}'`);
    }
    return CONVERSIONS[conversion]?.(parts, at) ?? "";
  });
}
