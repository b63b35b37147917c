/** What lies between the common beginning and the common end of two texts, in UTF-16 units. */
export interface Difference {
  /** Where it begins, in both. */
  readonly start: number;
  /** Where it ends in the text before. */
  readonly end: number;
  /** What stands there in the text after. */
  readonly text: string;
}

/** The smallest single replacement that makes `after` of `before`. */
export function difference(before: string, after: string): Difference {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}
