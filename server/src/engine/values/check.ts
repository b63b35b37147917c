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
  // Words and escapes that only the exact reader can judge: null, half surrogates, whole floats
  // (1e+21) that would come back as integers.
  if (text.includes("null") || text.includes("\\ud") || text.includes("e+")) return false;
  if (!text.isWellFormed() || mayBeTooDeep(text) || hasLongInteger(text)) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

/** Integers of 16 digits or more: a double can print as the same digits and be another integer. */
const LONG_INTEGER = /(?<![\d.])\d{16,}(?![\d.])/g;

function hasLongInteger(text: string): boolean {
  if (text.length < 16) return false;
  return text.match(LONG_INTEGER)?.some((digits) => !Number.isSafeInteger(Number(digits))) ?? false;
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
