const INTEGERS = "Integers are exact up to 2^53";
const MESSAGES = "The wording of some error messages";
const CLOSE = "`<close>` variables are a syntax error";
const STRINGS = "Bitwise operators accept numerals in strings";
const UNICODE = "`\\u{...}` ends at 10FFFF";

/** The cases that answer otherwise than Lua 5.4, each with the sentence of docs/lua.md that tells it. */
export const DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ["shifts by odd amounts", INTEGERS],
  ["integer overflow wraps or raises", INTEGERS],
  ["multiplication beyond 2^53", INTEGERS],
  ["integers beyond 2^53", INTEGERS],
  ["FNV-1a hash", INTEGERS],
  ["linear congruential generator", INTEGERS],
  ["fibonacci up to 78", INTEGERS],
  ["coercion failure", MESSAGES],
  ["numeric for with text", MESSAGES],
  ["os refusals", MESSAGES],
  ["yield outside a coroutine", MESSAGES],
  ["io.write chains", MESSAGES],
  ["close attribute", CLOSE],
  ["float to integer conversions", STRINGS],
  ["long strings and escapes", UNICODE],
  ["utf8 offsets and refusals", UNICODE],
]);
