import { lineChanges, linesOf } from "../../service/line-diff.ts";

/** Lines that stay, shown around those that change. */
const CONTEXT = 3;

interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly afterStart: number;
  readonly lines: readonly string[];
}

/**
 * The unified diff between two texts of one file, as `patch` and `git apply` take it; "" when they
 * are equal.
 * @param path relative, with `/`
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  const from = linesOf(before);
  const to = linesOf(after);
  const hunks = hunksOf(from, to);
  if (hunks.length === 0) return "";
  const name = /\s/.test(path) ? `${path}\t` : path;
  const head = `--- a/${name}\n+++ b/${name}\n`;
  return head + hunks.map(hunkText).join("");
}

function hunksOf(from: readonly string[], to: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const { beforeStart, beforeEnd, afterStart, afterEnd } of lineChanges(from, to)) {
    const last = hunks.at(-1);
    const joined = last !== undefined && beforeStart - last.end <= CONTEXT * 2;
    const start = joined ? last.start : Math.max(0, beforeStart - CONTEXT);
    const changed = [
      ...from.slice(joined ? last.end : start, beforeStart).map((line) => ` ${line}`),
      ...from.slice(beforeStart, beforeEnd).map((line) => `-${line}`),
      ...to.slice(afterStart, afterEnd).map((line) => `+${line}`),
    ];
    if (joined)
      hunks[hunks.length - 1] = { ...last, end: beforeEnd, lines: [...last.lines, ...changed] };
    else
      hunks.push({
        start,
        end: beforeEnd,
        afterStart: afterStart - (beforeStart - start),
        lines: changed,
      });
  }
  return hunks.map((hunk) => ({
    ...hunk,
    lines: [...hunk.lines, ...from.slice(hunk.end, hunk.end + CONTEXT).map((line) => ` ${line}`)],
  }));
}

function hunkText({ start, afterStart, lines }: Hunk): string {
  const before = lines.filter((line) => !line.startsWith("+")).length;
  const after = lines.filter((line) => !line.startsWith("-")).length;
  const head = `@@ -${range(start, before)} +${range(afterStart, after)} @@\n`;
  return head + lines.map(ended).join("");
}

/** 1-based; an empty range names the line before it. */
function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

function ended(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`;
}
