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

/** A finite number that is not negative as `mantissa * 2 ** exponent`. */
function parts(n: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & (2n ** 52n - 1n);
  return {
    mantissa: biased > 0 ? fraction | (2n ** 52n) : fraction,
    exponent: Math.max(biased, 1) - 1075,
  };
}

/** `n * 10 ** power` as a whole number; in the middle to the even one, as C does and JavaScript not. */
function scaled(n: number, power: number): bigint {
  const { mantissa, exponent } = parts(n);
  const raise = (base: bigint, by: number) => base ** BigInt(Math.max(by, 0));
  const over = mantissa * raise(2n, exponent) * raise(10n, power);
  return divideToEven(over, raise(2n, -exponent) * raise(10n, -power));
}

function divideToEven(over: bigint, under: bigint): bigint {
  const quotient = over / under;
  const twice = (over % under) * 2n;
  return twice > under || (twice === under && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** Digits with a point before the last `decimals`. */
function withPoint(digits: string, decimals: number): string {
  const padded = digits.padStart(decimals + 1, "0");
  return decimals === 0 ? padded : `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
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

/** C's `%.{precision}e` of a finite number that is not negative. */
function exponential(n: number, precision: number): string {
  let power = n === 0 ? 0 : Math.floor(Math.log10(n));
  let digits = String(scaled(n, precision - power));
  // The logarithm may be off by one, and rounding up may give a digit more.
  while (n !== 0 && digits.length !== precision + 1) {
    power += digits.length > precision + 1 ? 1 : -1;
    digits = String(scaled(n, precision - power));
  }
  const exponent = `e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  return withPoint(digits.padEnd(precision + 1, "0"), precision) + exponent;
}

/** C's `%.{precision}f` of a finite number that is not negative. */
function fixedPoint(n: number, precision: number): string {
  return withPoint(String(scaled(n, precision)), precision);
}

/** C's `%a` of a finite number that is not negative: its bits, rounded to `precision` digits. */
function hexadecimal(n: number, precision: number | undefined): string {
  const { mantissa, exponent } = parts(n);
  let bits = mantissa;
  let digits = 13;
  if (precision !== undefined && precision < digits) {
    const unit = 1n << BigInt(4 * (digits - precision));
    const rest = bits % unit;
    bits /= unit;
    if (rest * 2n > unit || (rest * 2n === unit && bits % 2n === 1n)) bits += 1n;
    digits = precision;
  }
  const unit = 1n << BigInt(4 * digits);
  const padded = digits === 0 ? "" : (bits % unit).toString(16).padStart(digits, "0");
  const fraction =
    precision === undefined ? padded.replace(/0+$/, "") : padded.padEnd(precision, "0");
  const power = n === 0 ? 0 : exponent + 52;
  const tail = `p${power < 0 ? "-" : "+"}${Math.abs(power)}`;
  return `0x${bits / unit}${fraction === "" ? "" : `.${fraction}`}${tail}`;
}

/** How Lua prints a float, without the `.0` that it adds to what looks like an integer (`%.14g`). */
export function printFloat(n: number): string {
  if (!Number.isFinite(n)) return notFinite(n);
  const shortest = String(n);
  // The common case: what JavaScript prints has no exponent and no more digits than Lua prints.
  if (shortest.length <= 14 && Math.abs(n) >= 1e-4) return shortest;
  const text = general(Math.abs(n), 14, false);
  return n < 0 || Object.is(n, -0) ? `-${text}` : text;
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
  const text = kind === "g" ? general(n, precision ?? 6, alternate) : fixedPoint(n, precision ?? 6);
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
