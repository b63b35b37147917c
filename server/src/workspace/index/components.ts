/**
 * The groups of nodes that reach each other, each node once; a group comes after all groups that it
 * leads to. Keeps its own stack: chains may be thousands long.
 */
export function components<T>(
  nodes: Iterable<T>,
  targetsOf: (node: T) => readonly T[],
): readonly (readonly T[])[] {
  const found: T[][] = [];
  const order = new Map<T, number>();
  const lowest = new Map<T, number>();
  const open: T[] = [];
  const isOpen = new Set<T>();

  function enter(node: T): Frame<T> {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, targets: targetsOf(node), next: 0 };
  }

  function lower(node: T, to: number | undefined): void {
    lowest.set(node, Math.min(lowest.get(node) ?? 0, to ?? 0));
  }

  function leave(node: T): void {
    if (lowest.get(node) !== order.get(node)) return;
    const group = open.splice(open.lastIndexOf(node));
    for (const member of group) isOpen.delete(member);
    found.push(group);
  }

  for (const start of nodes) {
    if (order.has(start)) continue;
    const path = [enter(start)];
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const target = frame.targets[frame.next++];
      if (target !== undefined) {
        if (!order.has(target)) path.push(enter(target));
        else if (isOpen.has(target)) lower(frame.node, order.get(target));
        continue;
      }
      path.pop();
      leave(frame.node);
      const above = path.at(-1);
      if (above !== undefined) lower(above.node, lowest.get(frame.node));
    }
  }
  return found;
}

interface Frame<T> {
  readonly node: T;
  readonly targets: readonly T[];
  next: number;
}
