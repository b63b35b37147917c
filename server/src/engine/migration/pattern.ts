/**
 * A pattern for whole names: `*` stands for any text, also none; `\*` for a star itself. (A name has
 * no backslash of its own.)
 */
export interface NamePattern {
  readonly text: string;
  /** The texts before, between and after the stars. */
  readonly literals: readonly string[];
}

export function parsePattern(text: string): NamePattern {
  const literals = text.split(/(?<!\\)\*/).map((literal) => literal.replaceAll("\\*", "*"));
  return { text, literals };
}

/** How many stars a pattern has. */
export function starsOf({ literals }: NamePattern): number {
  return literals.length - 1;
}

/**
 * What the stars stand for in a name, the first as little as it can; undefined when the name does
 * not match. Takes time in proportion to the name.
 */
export function matchPattern(
  { literals }: NamePattern,
  name: string,
): readonly string[] | undefined {
  const first = literals[0] ?? "";
  const last = literals.at(-1) ?? "";
  if (literals.length === 1) return name === first ? [] : undefined;
  if (!name.startsWith(first)) return undefined;
  const end = name.length - last.length;
  const stars: string[] = [];
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = name.indexOf(literal, at);
    if (found < 0) return undefined;
    stars.push(name.slice(at, found));
    at = found + literal.length;
  }
  if (end < at || !name.endsWith(last)) return undefined;
  return [...stars, name.slice(at, end)];
}

/** The name that a pattern gives with its stars replaced, each in turn. */
export function fillPattern({ literals }: NamePattern, stars: readonly string[]): string {
  return literals
    .map((literal, index) => (index === 0 ? "" : (stars[index - 1] ?? "")) + literal)
    .join("");
}
