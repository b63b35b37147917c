/**
 * Arithmetic that fengari lacks. Its own integers have 32 bits; `scripts/fengari-integers.ts` replaces
 * them by these, which are exact up to 53 bits. A result that is not a safe integer means "beyond what
 * can be held": the edited runtime raises an error instead of going on with a wrong number.
 */

const TWO_32 = 4294967296;
const MIN_64 = -(2n ** 63n);
const MAX_64 = 2n ** 63n - 1n;

/** The upper part of a 64-bit two's complement number, signed. */
const high = (n: number) => Math.floor(n / TWO_32);

/** Puts a signed upper and a 32-bit lower part together. */
const join = (upper: number, lower: number) => upper * TWO_32 + (lower >>> 0);

/** `a & b` of 64-bit integers. */
export function and(a: number, b: number): number {
  return join(high(a) & high(b), a & b);
}

/** `a | b` of 64-bit integers. */
export function or(a: number, b: number): number {
  return join(high(a) | high(b), a | b);
}

/** `a ~ b` of 64-bit integers. */
export function xor(a: number, b: number): number {
  return join(high(a) ^ high(b), a ^ b);
}

/** `x << by`, or `x >> -by` (logical) for a negative `by`. Not safe when 53 bits do not hold it. */
export function shift(x: number, by: number): number {
  if (by <= -64 || by >= 64) return 0;
  if (by >= 0) {
    const product = x * 2 ** by;
    if (Number.isSafeInteger(product)) return product;
    return Number(BigInt.asIntN(64, BigInt(x) << BigInt(by)));
  }
  if (x >= 0) return Math.floor(x / 2 ** -by);
  return Number(BigInt.asUintN(64, BigInt(x)) >> BigInt(-by));
}

/** Floored remainder; `n` is not 0. */
export function mod(m: number, n: number): number {
  const rest = m % n;
  // `+ 0` turns -0, which integers do not have, into 0.
  return (rest !== 0 && rest < 0 !== n < 0 ? rest + n : rest) + 0;
}

/** Floored quotient; `n` is not 0. */
export function div(m: number, n: number): number {
  const rest = m % n;
  const quotient = (m - rest) / n;
  return (rest !== 0 && rest < 0 !== n < 0 ? quotient - 1 : quotient) + 0;
}

/**
 * Reads an integer numeral as Lua does: hexadecimal wraps at 64 bits, a decimal beyond 64 bits is none
 * (it is read as a float). Gives undefined when `text` is no integer numeral at all, and a number that
 * is not a safe integer when it is one that 53 bits do not hold.
 */
export function readInteger(text: string): number | undefined {
  const match = /^[ \f\n\r\t\v]*([-+]?)(?:0[xX]([0-9a-fA-F]+)|([0-9]+))[ \f\n\r\t\v]*$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, decimal] = match;
  const short = hex === undefined ? (decimal ?? "").length < 16 : hex.length < 14;
  if (short) {
    const n = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return sign === "-" ? 0 - n : n;
  }
  const magnitude = BigInt(hex === undefined ? (decimal ?? "0") : `0x${hex}`);
  const signed = sign === "-" ? -magnitude : magnitude;
  if (hex !== undefined) return Number(BigInt.asIntN(64, signed));
  return signed < MIN_64 || signed > MAX_64 ? undefined : Number(signed);
}

/** `tonumber(text, base)`: undefined when it is no numeral of that base. Wraps at 64 bits as Lua does. */
export function readInBase(text: string, base: number): number | undefined {
  const match = /^[ \f\n\r\t\v]*(-?)([0-9A-Za-z]+)[ \f\n\r\t\v]*$/.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = ""] = match;
  let value = 0n;
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36);
    if (worth >= base) return undefined;
    value = value * BigInt(base) + BigInt(worth);
  }
  return Number(BigInt.asIntN(64, sign === "-" ? -value : value));
}

const notFinite = (n: number) => (Number.isNaN(n) ? "nan" : n < 0 ? "-inf" : "inf");

/** An exponent of at least two digits with its sign, as C prints it. */
function withExponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}

/** C's `%.{precision}g`; `alternate` (`#`) keeps trailing zeros. */
function general(n: number, precision: number, alternate: boolean): string {
  const digits = precision === 0 ? 1 : precision;
  if (n === 0) return alternate ? (0).toFixed(digits - 1) : "0";
  const scientific = exponential(n, digits - 1);
  const exponent = Number(scientific.slice(scientific.indexOf("e") + 1));
  if (exponent < -4 || exponent >= digits) {
    const [mantissa = "", tail = ""] = scientific.split("e");
    return `${alternate ? mantissa : trimZeros(mantissa)}e${tail}`;
  }
  const fixed = fixedPoint(n, digits - 1 - exponent);
  return alternate ? fixed : trimZeros(fixed);
}

const trimZeros = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** C's `%.{precision}e` of a finite number; `precision` is at most 99. */
function exponential(n: number, precision: number): string {
  const [kept = "", exponent = ""] = n.toExponential(precision).split("e");
  const [exact = ""] = n.toExponential(100).split("e");
  return withExponent(`${toEven(kept, exact)}e${exponent}`);
}

/**
 * JavaScript rounds a number in the middle up, C to the even digit. `rounded` as JavaScript has it and
 * the digits of the `exact` number give what C prints.
 */
function toEven(rounded: string, exact: string): string {
  const point = rounded.includes(".") ? 0 : 1;
  const rest = exact.slice(rounded.length + point);
  if (!/^50*$/.test(rest) || exact.length < rounded.length) return rounded;
  const down = exact.slice(0, rounded.length);
  return Number(down.at(-1)) % 2 === 0 ? down : rounded;
}

/** C's `%.{precision}f` of a finite number: all digits before the point, which toFixed lacks from 1e21. */
function fixedPoint(n: number, precision: number): string {
  const digits = Math.min(precision, 100);
  if (n >= 1e21) return `${BigInt(n)}${digits > 0 ? `.${"0".repeat(digits)}` : ""}`;
  return toEven(n.toFixed(digits), n.toFixed(100));
}

/** C's `%a`: exact hexadecimal. */
function hexadecimal(n: number, precision: number | undefined): string {
  if (n === 0)
    return `0x0${precision === undefined || precision === 0 ? "" : `.${"0".repeat(precision)}`}p+0`;
  let exponent = Math.max(Math.floor(Math.log2(n)), -1022);
  let mantissa = n / 2 ** exponent;
  if (mantissa >= 2) {
    mantissa /= 2;
    exponent += 1;
  }
  if (mantissa < 1 && exponent > -1022) {
    mantissa *= 2;
    exponent -= 1;
  }
  let bits = BigInt(mantissa * 2 ** 52);
  let digits = 13;
  if (precision !== undefined && precision < 13) {
    const drop = BigInt(4 * (13 - precision));
    const half = 1n << (drop - 1n);
    const rest = bits & ((1n << drop) - 1n);
    bits >>= drop;
    if (rest > half || (rest === half && (bits & 1n) === 1n)) bits += 1n;
    digits = precision;
  }
  const unit = 1n << BigInt(4 * digits);
  let fraction = digits === 0 ? "" : (bits % unit).toString(16).padStart(digits, "0");
  fraction =
    precision === undefined ? fraction.replace(/0+$/, "") : fraction.padEnd(precision, "0");
  const tail = `p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
  return `0x${(bits / unit).toString(16)}${fraction === "" ? "" : `.${fraction}`}${tail}`;
}

/** How Lua prints a float, without the `.0` that it adds to what looks like an integer (`%.14g`). */
export function printFloat(n: number): string {
  if (!Number.isFinite(n)) return notFinite(n);
  return Object.is(n, -0) ? "-0" : general(n, 14, false);
}

/**
 * C's printf for one number. `format` is one conversion (`%-8.3f`), `n` an integer for d, i, u, x, X
 * and o, any number for e, E, f, F, g, G, a and A.
 */
export function printNumber(format: string, n: number): string {
  const match = /^%([-+ #0]*)(\d*)(?:\.(\d*))?([a-zA-Z])$/.exec(format);
  if (match === null) return format;
  const [, flags = "", width = "", precision, conversion = "d"] = match;
  const digits = precision === undefined ? undefined : Number(precision || "0");
  const kind = conversion.toLowerCase();
  const integer = "diuxo".includes(kind);
  const negative = n < 0 || Object.is(n, -0);
  let body = integer
    ? printInteger(kind, n, digits, flags)
    : Number.isFinite(n)
      ? printReal(kind, Math.abs(n), digits, flags)
      : notFinite(Math.abs(n));
  const signed = !integer || kind === "d" || kind === "i";
  let sign = "";
  if (signed) sign = negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const room = Number(width || "0") - sign.length;
  const zeroPadded =
    flags.includes("0") &&
    !flags.includes("-") &&
    Number.isFinite(n) &&
    !(integer && digits !== undefined);
  if (zeroPadded) {
    const prefix = /^0x/.test(body) ? body.slice(0, 2) : "";
    body = prefix + body.slice(prefix.length).padStart(room - prefix.length, "0");
  }
  const text = sign + (conversion === kind ? body : body.toUpperCase());
  return flags.includes("-") ? text.padEnd(room + sign.length) : text.padStart(room + sign.length);
}

function printInteger(
  kind: string,
  n: number,
  precision: number | undefined,
  flags: string,
): string {
  if (precision === 0 && n === 0) return "";
  const signed = kind === "d" || kind === "i";
  const magnitude = signed ? BigInt(Math.abs(n)) : BigInt.asUintN(64, BigInt(n));
  const base = kind === "x" ? 16 : kind === "o" ? 8 : 10;
  const digits = magnitude.toString(base).padStart(precision ?? 0, "0");
  if (!flags.includes("#") || n === 0) return digits;
  return kind === "x" ? `0x${digits}` : kind === "o" ? `0${digits}` : digits;
}

function printReal(kind: string, n: number, precision: number | undefined, flags: string): string {
  const alternate = flags.includes("#");
  if (kind === "a") return hexadecimal(n, precision);
  if (kind === "e") return exponential(n, precision ?? 6);
  if (kind === "g") return general(n, precision ?? 6, alternate);
  const text = fixedPoint(n, precision ?? 6);
  return alternate && !text.includes(".") ? `${text}.` : text;
}

/** The `size` bytes of an integer in two's complement, for `string.pack`. */
export function packInteger(n: number, size: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt(n);
  for (let i = 0; i < size; i++) {
    bytes[little ? i : size - 1 - i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}

/**
 * The integer in the first `size` bytes, for `string.unpack`: wrapped to 64 bits when it is 8 bytes
 * long. undefined when a longer one does not fit 64 bits; not safe when 53 bits do not hold it.
 */
export function unpackInteger(
  bytes: Uint8Array,
  size: number,
  little: boolean,
  signed: boolean,
): number | undefined {
  let value = 0n;
  for (let i = 0; i < size; i++) {
    value = (value << 8n) | BigInt(bytes[little ? size - 1 - i : i] ?? 0);
  }
  if (size < 8) return Number(signed ? BigInt.asIntN(size * 8, value) : value);
  const wide = signed ? BigInt.asIntN(size * 8, value) : value;
  if (size > 8 && (wide > 2n ** 64n - 1n || wide < MIN_64)) return undefined;
  return Number(BigInt.asIntN(64, value));
}
