/** What entries are ordered by: the bytes of the namespace, then of the key. */
export interface Named {
  readonly namespace: string;
  readonly key: string;
}

/** Order of two entries' names, by UTF-8 bytes: negative, 0 or positive. */
export function compareNamed(a: Named, b: Named): number {
  return compareUtf8(a.namespace, b.namespace) || compareUtf8(a.key, b.key);
}

/** Order of two well-formed texts by their UTF-8 bytes, which is that of their code points. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // A surrogate stands for a code point above every other unit, although its number is lower.
    return weight(left) - weight(right);
  }
  return a.length - b.length;
}

function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
