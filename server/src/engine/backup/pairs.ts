import { BatchCursor } from "./cursor.ts";
import { compareNamed, type Named } from "./order.ts";

/** What two states hold under one name: on both sides, or on one of them. */
export type Pair<A, B> = readonly [A, B] | readonly [A, undefined] | readonly [undefined, B];

const BATCH = 1000;

/** Walks two states that are in the order of names side by side, in batches. */
export async function* pairs<A extends Named, B extends Named>(
  left: AsyncIterable<readonly A[]>,
  right: AsyncIterable<readonly B[]>,
): AsyncGenerator<readonly Pair<A, B>[]> {
  const lefts = new BatchCursor(left);
  const rights = new BatchCursor(right);
  let batch: Pair<A, B>[] = [];
  try {
    while (true) {
      if (lefts.hungry) await lefts.fill();
      if (rights.hungry) await rights.fill();
      const pair = lowest(lefts.current, rights.current);
      if (pair === undefined) break;
      if (pair[0] !== undefined) lefts.advance();
      if (pair[1] !== undefined) rights.advance();
      batch.push(pair);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  } finally {
    await lefts.close();
    await rights.close();
  }
}

function lowest<A extends Named, B extends Named>(
  left: A | undefined,
  right: B | undefined,
): Pair<A, B> | undefined {
  if (left === undefined) return right === undefined ? undefined : [undefined, right];
  if (right === undefined) return [left, undefined];
  const order = compareNamed(left, right);
  if (order === 0) return [left, right];
  return order < 0 ? [left, undefined] : [undefined, right];
}
