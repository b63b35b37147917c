/** A run of lines (0-based, end exclusive) that was replaced by another. */
export interface LineChange {
  readonly beforeStart: number;
  readonly beforeEnd: number;
  readonly afterStart: number;
  readonly afterEnd: number;
}

/** More differences than this are shown as one: nobody reads them one by one. */
const MAX_EDITS = 1000;

/** The text's lines, each with its line feed; a carriage return is a part of its line. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The runs of lines in which two texts differ, as few lines as possible (Myers), ascending. */
export function lineChanges(
  before: readonly string[],
  after: readonly string[],
): readonly LineChange[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  ) {
    end++;
  }
  const a = before.slice(start, before.length - end);
  const b = after.slice(start, after.length - end);
  if (a.length === 0 && b.length === 0) return [];
  return runsOf(matches(a, b), a.length, b.length).map((run) => ({
    beforeStart: run.beforeStart + start,
    beforeEnd: run.beforeEnd + start,
    afterStart: run.afterStart + start,
    afterEnd: run.afterEnd + start,
  }));
}

type Match = readonly [before: number, after: number];

/** The lines that stay, as pairs of places; none when too much differs. */
function matches(a: readonly string[], b: readonly string[]): readonly Match[] {
  const furthest = new Map<number, number>([[1, 0]]);
  const history: ReadonlyMap<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(a.length + b.length, MAX_EDITS); edits++) {
    history.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = nextX(furthest, diagonal, edits);
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(a, b, history);
    }
  }
  return [];
}

/** Where the furthest way on a diagonal begins: one line inserted, or one deleted. */
function nextX(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return isDown(furthest, diagonal, edits)
    ? (furthest.get(diagonal + 1) ?? 0)
    : (furthest.get(diagonal - 1) ?? -1) + 1;
}

function walkBack(
  a: readonly string[],
  b: readonly string[],
  history: readonly ReadonlyMap<number, number>[],
): readonly Match[] {
  const found: Match[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const furthest = history[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const begin = nextX(furthest, diagonal, edits);
    while (x > begin && y > begin - diagonal) {
      x--;
      y--;
      found.push([x, y]);
    }
    if (edits === 0) break;
    if (isDown(furthest, diagonal, edits)) y--;
    else x--;
  }
  return found.reverse();
}

/** Whether the furthest way on a diagonal comes from an inserted line. */
function isDown(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  const down = furthest.get(diagonal + 1) ?? -1;
  const right = furthest.get(diagonal - 1) ?? -1;
  return diagonal === -edits || (diagonal !== edits && right < down);
}

function runsOf(kept: readonly Match[], before: number, after: number): LineChange[] {
  const runs: LineChange[] = [];
  let x = 0;
  let y = 0;
  for (const [keptX, keptY] of [...kept, [before, after] as const]) {
    if (keptX > x || keptY > y) {
      runs.push({ beforeStart: x, beforeEnd: keptX, afterStart: y, afterEnd: keptY });
    }
    x = keptX + 1;
    y = keptY + 1;
  }
  return runs;
}
