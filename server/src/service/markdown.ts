import { grouped } from "./format.ts";

/** Text from values and names in markdown that cannot act: no links, no formatting, no HTML. */

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const c of text) {
    run = c === character ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** A fenced block; the fence is longer than any run of backticks in `text`. */
export function codeBlock(language: string, text: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text, "`") + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** One line of code; line breaks and control characters become spaces. */
export function codeSpan(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ");
  if (line.trim() === "") return "`' '`";
  const fence = "`".repeat(longestRun(line, "`") + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || fence.length > 1 ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A link; `label` is markdown already, `address` an encoded URI. */
export function link(label: string, address: string): string {
  const safe = address.replace(/[()<>\s\\]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `[${label}](${safe})`;
}

export interface Bounds {
  readonly lines: number;
  /** UTF-16 units altogether. */
  readonly characters: number;
}

/** The beginning of a text within bounds, and what was left out in words (undefined: nothing). */
export function bounded(
  text: string,
  { lines, characters }: Bounds,
): { readonly text: string; readonly more: string | undefined } {
  const all = text.split("\n");
  const head = all.slice(0, lines).join("\n");
  const short = head.length > characters ? wellFormed(head.slice(0, characters)) : head;
  if (short.length === text.length) return { text, more: undefined };
  const shown = short.split("\n").length;
  const left = all.length - shown;
  return {
    text: short,
    more:
      left > 0
        ? `${grouped(left)} more ${left === 1 ? "line" : "lines"}`
        : `${grouped(text.length - short.length)} more characters`,
  };
}

/** Without half of a surrogate pair at the end. */
function wellFormed(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
