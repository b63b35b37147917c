const INTEGERS = "Integers are exact up to 2^53";
const MESSAGES = "The wording of some error messages";
const CLOSE = "`<close>` variables are a syntax error";
const STRINGS = "Bitwise operators accept numerals in strings";
const GARBAGE = "Collecting garbage is the host's";
const UNICODE = "`\\u{...}` ends at 10FFFF";

/** The cases that answer otherwise than Lua 5.4, each with the sentence of docs/runner.md that tells it. */
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
  ["close in order", CLOSE],
  ["close on an error", CLOSE],
  ["close on break and return", CLOSE],
  ["close of nil and false", CLOSE],
  ["close of what cannot be closed", CLOSE],
  ["close by a generic for", CLOSE],
  ["coroutine.close runs what is to be closed", CLOSE],
  ["a yield while closing", CLOSE],
  ["wrapping of 64-bit integers", INTEGERS],
  ["comparison at the edge of 64 bits", INTEGERS],
  ["numerals of 64 bits", INTEGERS],
  ["packing of 64 bits", INTEGERS],
  ["metamethods of integer division by strings", INTEGERS],
  ["equality of integer and float keys", INTEGERS],
  ["finalizers", GARBAGE],
  ["weak tables", GARBAGE],
  ["ephemerons", GARBAGE],
  ["memory that is freed", GARBAGE],
  ["the collector's modes", GARBAGE],
  ["utf8 of more than 21 bits", UNICODE],
]);
