import type { Position } from "./faults.ts";

const STEP_HEADER = /^[ \t]*\[\[[ \t]*step[ \t]*\]\]/;

/**
 * Where a key of a migration file stands: in its step (counted from 0) or, without one, before the
 * first step. Where the file is written in another way than with `[[step]]` and one key a line, the
 * nearest place that is known. Good for valid TOML only.
 */
export function positionOf(
  text: string,
  step: number | undefined,
  name: string | undefined,
): Position {
  const lines = text.split("\n");
  const headers = lines.flatMap((line, index) => (STEP_HEADER.test(line) ? [index] : []));
  const start = step === undefined ? 0 : (headers[step] ?? 0);
  const next = step === undefined ? headers[0] : headers[step + 1];
  const end = next ?? lines.length;
  for (let index = start; name !== undefined && index < end; index++) {
    const column = columnOf(lines[index] ?? "", name);
    if (column !== undefined) return { line: index + 1, column };
  }
  const indent = /^[ \t]*/.exec(lines[start] ?? "")?.[0].length ?? 0;
  return { line: start + 1, column: indent + 1 };
}

/** 1-based; undefined when the line does not assign the name. */
function columnOf(line: string, name: string): number | undefined {
  for (const spelled of [name, `"${name}"`, `'${name}'`]) {
    for (let at = line.indexOf(spelled); at >= 0; at = line.indexOf(spelled, at + 1)) {
      const before = at === 0 || /[\s,{[]/.test(line[at - 1] ?? "");
      if (before && /^\s*[=.\]]/.test(line.slice(at + spelled.length))) return at + 1;
    }
  }
  return undefined;
}
