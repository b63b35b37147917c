import type { Diagnostic, Fix, TextChange } from "./types.ts";

/** A fix can make room for another one: so often a script is looked through again. */
const PASSES = 10;

/**
 * The text with every fix applied that cannot change what a working script does, until `find` offers
 * none any more, and how many there were.
 */
export async function fixAll(
  text: string,
  find: (text: string) => Promise<readonly Diagnostic[]>,
): Promise<{ readonly text: string; readonly applied: number }> {
  let fixed = text;
  let applied = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    const fixes = apart((await find(fixed)).flatMap(({ fixes }) => fixes.find(isSafe) ?? []));
    if (fixes.length === 0) break;
    fixed = changed(
      fixed,
      fixes.flatMap(({ changes }) => changes),
    );
    applied += fixes.length;
  }
  return { text: fixed, applied };
}

function isSafe({ safe, changes }: Fix): boolean {
  return safe === true && changes.length > 0;
}

/** The fixes that touch nothing that an earlier one changes. */
function apart(fixes: readonly Fix[]): readonly Fix[] {
  const taken: TextChange[] = [];
  return fixes.filter(({ changes }) => {
    if (changes.some((change) => taken.some((other) => overlap(change, other)))) return false;
    taken.push(...changes);
    return true;
  });
}

function overlap(a: TextChange, b: TextChange): boolean {
  return a.span.start <= b.span.end && b.span.start <= a.span.end;
}

function changed(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce(
      (result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end),
      text,
    );
}
