import type { KnownText } from "../../language/model.ts";
import type { ScriptUse, TextPlace, WorkspaceView } from "../../language/workspace-view.ts";
import { count } from "../format.ts";
import { describePattern } from "../known-names.ts";

/** A namespace that a script touches, or a key in it. */
export interface StateSymbol {
  readonly name: string;
  readonly kind: "namespace" | "key";
  readonly detail: string;
  /** All of the calls. */
  readonly place: TextPlace;
  /** The name in the first one. */
  readonly namePlace: TextPlace;
  readonly children: readonly StateSymbol[];
}

/** The namespaces that a script touches with their keys, in the order in which it does. */
export function documentSymbols(workspace: WorkspaceView, file: string): readonly StateSymbol[] {
  const byNamespace = grouped(workspace.usesIn(file), ({ namespace }) => namespace);
  return [...byNamespace].map(([name, uses]) => {
    const keys = grouped(uses, ({ key }) => key);
    return symbol("namespace", name, uses, ({ namespaceName }) => namespaceName, [
      ...[...keys].map(([key, some]) => symbol("key", key, some, ({ keyName }) => keyName, [])),
    ]);
  });
}

function grouped(
  uses: readonly ScriptUse[],
  nameOf: (use: ScriptUse) => KnownText | undefined,
): Map<string, ScriptUse[]> {
  const groups = new Map<string, ScriptUse[]>();
  for (const use of uses) {
    const name = nameOf(use);
    if (name === undefined || name.kind === "unknown") continue;
    const text = describePattern(name);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [use]);
    else group.push(use);
  }
  return groups;
}

function symbol(
  kind: StateSymbol["kind"],
  name: string,
  uses: readonly ScriptUse[],
  written: (use: ScriptUse) => ScriptUse["keyName"],
  children: readonly StateSymbol[],
): StateSymbol {
  const [first] = uses;
  if (first === undefined) throw new Error("A symbol has at least one use.");
  const place = uses.map((use) => use.place).reduce(around);
  const own = written(first);
  const namePlace = own?.content ?? own?.place ?? first.memberPlace;
  const within = namePlace.start >= place.start && namePlace.end <= place.end;
  return {
    name: name === "" ? '""' : name,
    kind,
    detail: describeAccesses(uses),
    place,
    namePlace: within ? namePlace : place,
    children,
  };
}

/** `2 reads, 1 write` */
export function describeAccesses(uses: readonly Pick<ScriptUse, "access">[]): string {
  const of = (access: ScriptUse["access"]) => uses.filter((use) => use.access === access).length;
  const parts = [
    [of("read") + of("list"), "read"],
    [of("write"), "write"],
    [of("delete"), "delete"],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, noun]) => count(n, noun))
    .join(", ");
}

function around(a: TextPlace, b: TextPlace): TextPlace {
  const first = a.start <= b.start ? a : b;
  const last = a.end >= b.end ? a : b;
  return {
    start: first.start,
    startLine: first.startLine,
    startCharacter: first.startCharacter,
    end: last.end,
    endLine: last.endLine,
    endCharacter: last.endCharacter,
  };
}

/** A namespace or key of the workspace's scripts, and one place where it stands. */
export interface WorkspaceSymbol {
  readonly name: string;
  readonly kind: "namespace" | "key";
  /** Of a key, its namespace. */
  readonly container: string | undefined;
  readonly file: string;
  readonly place: TextPlace;
}

/** Symbols told for one question, and names held against it. */
const TOLD = 200;
const LOOKED_AT = 20_000;

/**
 * Namespaces and keys that scripts name and whose `namespace/key` has the query's characters in
 * their order, whatever their case. Each at its first save, else at its first use.
 */
export function workspaceSymbols(
  workspace: WorkspaceView,
  query: string,
): readonly WorkspaceSymbol[] {
  const wanted = query.toLowerCase();
  const found: WorkspaceSymbol[] = [];
  let looked = 0;
  for (const { text: namespace } of workspace.namespaces({ limit: LOOKED_AT }).exact) {
    if (found.length >= TOLD || looked >= LOOKED_AT) break;
    looked++;
    if (hasInOrder(namespace, wanted)) {
      const { same } = workspace.usesOfNamespace({ kind: "exact", text: namespace });
      found.push(...at(same, namespace, undefined, ({ namespaceName }) => namespaceName));
    }
    for (const { text: key } of workspace.keys(namespace, { limit: LOOKED_AT }).exact) {
      if (found.length >= TOLD || looked >= LOOKED_AT) break;
      looked++;
      if (!hasInOrder(`${namespace}/${key}`, wanted)) continue;
      const { same } = workspace.usesOf(
        { kind: "exact", text: namespace },
        { kind: "exact", text: key },
      );
      found.push(...at(same, key, namespace, ({ keyName }) => keyName));
    }
  }
  return found;
}

function at(
  uses: readonly ScriptUse[],
  name: string,
  container: string | undefined,
  written: (use: ScriptUse) => ScriptUse["keyName"],
): WorkspaceSymbol[] {
  const use = uses.find(({ access }) => access === "write") ?? uses[0];
  if (use === undefined) return [];
  const own = written(use);
  const place = own?.content ?? own?.place ?? use.memberPlace;
  const kind = container === undefined ? "namespace" : "key";
  return [{ name, kind, container, file: use.file, place }];
}

function hasInOrder(text: string, wanted: string): boolean {
  const given = text.toLowerCase();
  let at = 0;
  for (let i = 0; i < given.length && at < wanted.length; i++) {
    if (given[i] === wanted[at]) at++;
  }
  return at === wanted.length;
}
