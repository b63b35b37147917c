import { MAX_LEVELS, parseValue } from "./parse.ts";
import { printValue } from "./print.ts";

/** JSON text that may be stored. */
export interface CheckedValue {
  /** Canonical: compact, exact, as `printValue` prints it. */
  readonly json: string;
  /** `JSON.parse` loses nothing of it: the number it gives for an integer is whole, for a float not. */
  readonly plain: boolean;
}

/**
 * The canonical form of a value's JSON text. The common case is judged by the runtime's own JSON,
 * which is several times faster than reading exactly.
 * @throws StateError `invalid-value` with the path to the culprit
 */
export function checkValue(text: string): CheckedValue {
  if (isPlain(text)) return { json: text, plain: true };
  const json = printValue(parseValue(text));
  return { json, plain: json !== text && isPlain(json) };
}

/**
 * Whether `JSON.parse` gives all that canonical `text` says, and the text may be stored as it is.
 * Errs towards no: a string that looks like a risky number is enough.
 */
export function isPlain(text: string): boolean {
  if (needsCloseLook(text) || mayBeTooDeep(text)) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

/** Words, escapes and numbers that only the exact reader can judge. */
function needsCloseLook(text: string): boolean {
  // Null, half surrogates, and whole floats (1e+21) that would come back as integers.
  if (text.includes("null") || text.includes("\\ud") || text.includes("e+")) return true;
  return !text.isWellFormed() || hasLongInteger(text);
}

/** Longer texts are judged one by one. */
const SHORT = 2 * MAX_LEVELS;

/** As {@link isPlain} of each text: where all are plain, reading them together does, and costs half. */
export function arePlain(texts: readonly string[]): readonly boolean[] {
  // Whole floats (1.0) fail when they are read: one would be enough to read all of them singly.
  const easy = texts.map(
    (text) => text.length <= SHORT && !text.includes(".0") && !needsCloseLook(text),
  );
  if (!areWhole(texts.filter((_, index) => easy[index]))) return texts.map(isPlain);
  return texts.map((text, index) => easy[index] === true || isPlain(text));
}

/** Whether each text is one value as the runtime prints it. None of them says `null`. */
function areWhole(texts: readonly string[]): boolean {
  // A text that is half a value would draw a null into it, or several would stand between two nulls.
  const list = `[${texts.join(",null,")}]`;
  try {
    const parsed: unknown = JSON.parse(list);
    if (!Array.isArray(parsed) || parsed.length !== Math.max(0, 2 * texts.length - 1)) return false;
    for (let index = 1; index < parsed.length; index += 2) if (parsed[index] !== null) return false;
    return JSON.stringify(parsed) === list;
  } catch {
    return false;
  }
}

/** Integers of 16 digits or more: a double can print as the same digits and be another integer. */
const LONG_INTEGER = /(?<![\d.])\d{16,}(?![\d.])/g;

function hasLongInteger(text: string): boolean {
  if (!hasDigitRun(text)) return false;
  return text.match(LONG_INTEGER)?.some((digits) => !Number.isSafeInteger(Number(digits))) ?? false;
}

const RUN = 16;

/** Whether there are 16 digits in a row: they would cover one of every 16th character. */
function hasDigitRun(text: string): boolean {
  for (let at = RUN - 1; at < text.length; at += RUN) {
    let from = at;
    while (isDigit(text.charCodeAt(from))) from--;
    let to = at;
    while (isDigit(text.charCodeAt(to))) to++;
    if (to - from > RUN) return true;
  }
  return false;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Whether there are so many opening brackets that the text could have more levels than allowed. */
function mayBeTooDeep(text: string): boolean {
  if (text.length <= 2 * MAX_LEVELS) return false;
  let opened = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if ((unit === 0x5b || unit === 0x7b) && ++opened > MAX_LEVELS) return true;
  }
  return false;
}
