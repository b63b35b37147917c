/**
 * A map from whole numbers (0 to 2^31 - 1) that never changes: what two have in common they share, so
 * that a changed one, and the union of two, take time for what differs and not for all there is.
 * A radix tree by bits from the lowest; `undefined` is the empty one.
 */
export type NumberMap<T> = Branch<T> | Leaf<T> | undefined;

interface Leaf<T> {
  readonly key: number;
  readonly value: T;
  readonly size: 1;
}

/** All keys in it agree in the bits below `bit`, those of `prefix`; `one` has those with `bit` set. */
interface Branch<T> {
  readonly bit: number;
  readonly prefix: number;
  readonly zero: Branch<T> | Leaf<T>;
  readonly one: Branch<T> | Leaf<T>;
  readonly size: number;
}

type Node<T> = Branch<T> | Leaf<T>;

/** How many keys it has. */
export function sizeOf<T>(map: NumberMap<T>): number {
  return map?.size ?? 0;
}

/** What stands under a key. */
export function get<T>(map: NumberMap<T>, key: number): T | undefined {
  let at = map;
  while (at !== undefined && "bit" in at) at = (key & at.bit) === 0 ? at.zero : at.one;
  return at?.key === key ? at.value : undefined;
}

/** The map with one more key, or another value under it. */
export function set<T>(map: NumberMap<T>, key: number, value: T): Node<T> {
  return put(map, { key, value, size: 1 });
}

/** The map without a key. */
export function without<T>(map: NumberMap<T>, key: number): NumberMap<T> {
  if (map === undefined) return undefined;
  if (!("bit" in map)) return map.key === key ? undefined : map;
  if (!isUnder(map, key)) return map;
  const zero = (key & map.bit) === 0;
  const changed = without(zero ? map.zero : map.one, key);
  if (changed === undefined) return zero ? map.one : map.zero;
  return zero ? branch(map, changed, map.one) : branch(map, map.zero, changed);
}

/** All keys of both; where both have one, the value of `b`. */
export function union<T>(a: NumberMap<T>, b: NumberMap<T>): NumberMap<T> {
  return a === undefined || b === undefined ? (a ?? b) : unite(a, b);
}

/** The keys in no order that means anything, with their values. */
export function* entries<T>(map: NumberMap<T>): Generator<readonly [number, T]> {
  if (map === undefined) return;
  if ("bit" in map) {
    yield* entries(map.zero);
    yield* entries(map.one);
  } else yield [map.key, map.value];
}

function unite<T>(a: Node<T>, b: Node<T>): Node<T> {
  if (a === b) return b;
  if (!("bit" in b)) return put(a, b);
  if (!("bit" in a)) return get(b, a.key) === undefined ? put(b, a) : b;
  if (a.bit === b.bit && a.prefix === b.prefix) {
    const [zero, one] = [unite(a.zero, b.zero), unite(a.one, b.one)];
    // Either as it was, where it is all there is, so that it is known again at the next union.
    return zero === b.zero && one === b.one ? b : branch(a, zero, one);
  }
  if (a.bit < b.bit && isUnder(a, b.prefix)) {
    return (b.prefix & a.bit) === 0
      ? branch(a, unite(a.zero, b), a.one)
      : branch(a, a.zero, unite(a.one, b));
  }
  if (b.bit < a.bit && isUnder(b, a.prefix)) {
    return (a.prefix & b.bit) === 0
      ? branch(b, unite(a, b.zero), b.one)
      : branch(b, b.zero, unite(a, b.one));
  }
  return fork(a, prefixOf(a), b, prefixOf(b));
}

function put<T>(map: NumberMap<T>, leaf: Leaf<T>): Node<T> {
  if (map === undefined) return leaf;
  if (!("bit" in map)) {
    if (map.key !== leaf.key) return fork(map, map.key, leaf, leaf.key);
    return map.value === leaf.value ? map : leaf;
  }
  if (!isUnder(map, leaf.key)) return fork(map, map.prefix, leaf, leaf.key);
  return (leaf.key & map.bit) === 0
    ? branch(map, put(map.zero, leaf), map.one)
    : branch(map, map.zero, put(map.one, leaf));
}

/** The branch with these below it; itself where nothing changed. */
function branch<T>(of: Branch<T>, zero: Node<T>, one: Node<T>): Branch<T> {
  if (zero === of.zero && one === of.one) return of;
  return { bit: of.bit, prefix: of.prefix, zero, one, size: zero.size + one.size };
}

/** Two that differ in a bit below those of their branches. */
function fork<T>(a: Node<T>, prefixA: number, b: Node<T>, prefixB: number): Branch<T> {
  const differ = prefixA ^ prefixB;
  const bit = differ & -differ;
  const [zero, one] = (prefixA & bit) === 0 ? [a, b] : [b, a];
  return { bit, prefix: prefixA & (bit - 1), zero, one, size: a.size + b.size };
}

function prefixOf<T>(node: Node<T>): number {
  return "bit" in node ? node.prefix : node.key;
}

function isUnder<T>({ bit, prefix }: Branch<T>, key: number): boolean {
  return (key & (bit - 1)) === prefix;
}
