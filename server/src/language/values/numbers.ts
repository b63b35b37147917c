/** The text Lua 5.4 makes of a numeral (`3` -> "3", `1e3` -> "1000.0"); undefined when malformed. */
export function numeralText(raw: string): string | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(raw)) return BigInt.asIntN(64, BigInt(raw)).toString();
  if (/^[0-9]+$/.test(raw)) {
    const integer = BigInt(raw);
    return integer < 2n ** 63n ? integer.toString() : floatText(Number(raw));
  }
  if (/^0[xX]/.test(raw)) return undefined;
  const value = Number(raw);
  return Number.isNaN(value) ? undefined : floatText(value);
}

/** As C's `%.14g`, with `.0` where it would look like an integer. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const [mantissa = "0", exponentText = "0"] = value.toExponential(13).split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 14) {
    const digits = Math.abs(exponent).toString().padStart(2, "0");
    return `${trimZeros(mantissa)}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  const text = trimZeros(value.toFixed(13 - exponent));
  return text.includes(".") ? text : `${text}.0`;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
