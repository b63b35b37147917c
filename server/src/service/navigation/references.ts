import type { KnownText, ScriptModel } from "../../language/model.ts";
import { overlaps } from "../../language/values/matching.ts";
import type { ScriptUse, TextPlace, WorkspaceView } from "../../language/workspace-view.ts";
import { exportedText, namesGivenBy } from "./exported.ts";
import { type StateName, targetAt } from "./target.ts";

/** One place in a script where an entry or namespace is touched. */
export interface CodeReference {
  readonly file: string;
  /** The name there; of a name that is not written there, the function that is called. */
  readonly place: TextPlace;
  readonly access: ScriptUse["access"];
  /** The function that does it. */
  readonly function?: string;
  /** Only a pattern there, or the asked one, may mean it. */
  readonly uncertain?: true;
}

/** Most places that one answer tells. */
const MOST = 5_000;

export interface ReferencesOptions {
  readonly model: ScriptModel;
  /** UTF-16 */
  readonly offset: number;
  /** How `workspace` names the script. */
  readonly file: string;
  readonly workspace: WorkspaceView;
}

/**
 * Where scripts touch what stands at an offset of a script: an entry, a namespace, or what other
 * scripts name by a constant of this one. undefined: it is none of those.
 */
export function referencesAt(options: ReferencesOptions): readonly CodeReference[] | undefined {
  const { model, offset, file, workspace } = options;
  const target = targetAt(model, offset);
  if (target !== undefined) return referencesTo(workspace, target);
  const text = exportedText(model, offset);
  if (text === undefined) return undefined;
  const found = new Map<string, CodeReference>();
  for (const name of namesGivenBy(workspace, file, text)) {
    for (const one of referencesTo(workspace, name)) {
      found.set(`${one.file}:${one.place.start}`, one);
    }
  }
  return [...found.values()].sort(byPlace);
}

/** Where scripts touch an entry or a namespace, by file and place; each place once. */
export function referencesTo(workspace: WorkspaceView, name: StateName): readonly CodeReference[] {
  const { same, overlapping } = usesOf(workspace, name);
  const found = new Map<string, CodeReference>();
  for (const use of same) add(found, use, name, false);
  for (const use of overlapping) add(found, use, name, true);
  // What another script's functions do with objects that they are given is known at their calls alone.
  const told = new Set([...found.values()].map(({ file }) => file));
  for (const use of same) {
    const isElsewhere = told.size > (told.has(use.file) ? 1 : 0);
    if (use.wrapper?.module !== undefined && !isElsewhere) add(found, use, name, false, true);
  }
  return [...found.values()].sort(byPlace);
}

/** The same in one script, without looking at the others. */
export function referencesIn(
  workspace: WorkspaceView,
  file: string,
  name: StateName,
): readonly CodeReference[] {
  const found = new Map<string, CodeReference>();
  for (const use of workspace.usesIn(file)) {
    if (!mayBe(use.namespace, name.namespace)) continue;
    if (name.key !== undefined && !mayBe(use.key, name.key)) continue;
    add(found, use, name, !isSame(use, name));
  }
  return [...found.values()].sort((a, b) => a.place.start - b.place.start);
}

/** A name that is not known at all is nobody's reference. */
function mayBe(name: KnownText | undefined, wanted: KnownText): boolean {
  return name !== undefined && name.kind !== "unknown" && overlaps(name, wanted);
}

function isSame(use: ScriptUse, { namespace, key }: StateName): boolean {
  if (JSON.stringify(use.namespace) !== JSON.stringify(namespace)) return false;
  return key === undefined || JSON.stringify(use.key) === JSON.stringify(key);
}

/** The writes among references; where some are certain, only those. */
export function savesAmong(references: readonly CodeReference[]): readonly CodeReference[] {
  const saves = references.filter(({ access }) => access === "write");
  const certain = saves.filter(({ uncertain }) => uncertain === undefined);
  return certain.length > 0 ? certain : saves;
}

function usesOf(workspace: WorkspaceView, { namespace, key }: StateName) {
  return key === undefined
    ? workspace.usesOfNamespace(namespace, MOST)
    : workspace.usesOf(namespace, key, MOST);
}

function add(
  found: Map<string, CodeReference>,
  use: ScriptUse,
  { key }: StateName,
  uncertain: boolean,
  unwritten = false,
): void {
  const written = key === undefined ? use.namespaceName : use.keyName;
  // The call inside the function names it, and is told.
  if (written === undefined && use.via === "wrapper" && !unwritten) return;
  const place = written?.content ?? written?.place ?? use.memberPlace;
  const id = `${use.file}:${place.start}`;
  const known = found.get(id);
  // One call of a function may both load and delete: it is told once, by what changes most.
  if (known !== undefined && (known.access === "write" || use.access !== "write")) return;
  found.set(id, {
    file: use.file,
    place,
    access: use.access,
    ...(use.function === undefined ? {} : { function: use.function }),
    ...(uncertain ? { uncertain: true as const } : {}),
  });
}

function byPlace(a: CodeReference, b: CodeReference): number {
  return compare(a.file, b.file) || a.place.start - b.place.start;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
