import { difference } from "./difference.ts";

/** Share of a line that shows what two values have in common before they begin to differ. */
const BEFORE = 0.3;

/** At most `limit` characters of a text, marked where it was cut. */
export function shortened(text: string, limit: number): string {
  return excerpt(text, 0, limit);
}

/** At most `limit` characters of each of two texts, cut so that the place can be seen where they begin to differ. */
export function shortPair(
  before: string,
  after: string,
  limit: number,
): readonly [before: string, after: string] {
  const same = difference(before, after).start;
  const around = Math.floor(BEFORE * limit);
  // Near the beginning it is seen from there.
  const from = same < limit - around ? 0 : same - around;
  return [excerpt(before, from, limit), excerpt(after, from, limit)];
}

/** From one UTF-16 unit of a text on, or from the character that it is a half of. */
function excerpt(text: string, at: number, limit: number): string {
  const from = at > 0 && /[\uDC00-\uDFFF]/.test(text[at] ?? "") ? at - 1 : at;
  const head = from === 0 ? "" : "…";
  const room = limit - head.length;
  const characters = [...text.slice(from, from + 2 * limit + 2)];
  return characters.length > room
    ? `${head}${characters.slice(0, room - 1).join("")}…`
    : `${head}${characters.join("")}`;
}
