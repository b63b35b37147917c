import type { Entry, StateView } from "../../engine/types.ts";
import { parseValue } from "../../engine/values/parse.ts";
import type { KnownText } from "../../language/model.ts";
import { matches } from "../../language/values/matching.ts";
import type { ScriptUse, WorkspaceView } from "../../language/workspace-view.ts";
import { describePattern, knownPrefix } from "../known-names.ts";
import { READ_FOR_PREVIEW } from "../present-entry.ts";
import { maskValue } from "../sensitive/mask.ts";
import { type Form, FormBuilder } from "./form.ts";

export interface FormQuery {
  readonly namespace: string;
  readonly key: string;
  /** What is stored; absent when there is no store to look at. */
  readonly view?: StateView | undefined;
  /** What scripts do to State; absent where they are not looked at. */
  readonly workspace?: WorkspaceView | undefined;
}

/** What is known of an entry's value. */
export interface KnownForm extends Pick<FormQuery, "namespace" | "key"> {
  readonly root: Form;
  /** `profile:*`: which other entries were looked at; undefined: there are none like it. */
  readonly like: string | undefined;
  /** Something in the stored value is sensitive. */
  readonly masked: boolean;
}

/** Saves that are looked at, other entries of the same kind, and keys among which those are looked for. */
const SAVES = 200;
const OTHERS = 20;
const LOOKED_THROUGH = 60;
/** Characters of JSON beyond which a value is not looked at: it would keep others waiting. */
export const LARGEST_LOOKED_AT = 200_000;

/**
 * What is known of an entry's value: the form that scripts save there, the forms of stored entries of
 * the same pattern, and its own.
 */
export async function knownForm({
  namespace,
  key,
  view,
  workspace,
}: FormQuery): Promise<KnownForm> {
  const builder = new FormBuilder();
  const writes = writesOf(workspace, namespace, key);
  for (const { value, file, place } of writes) {
    if (value !== undefined) builder.addShape(value, { file, line: place.startLine });
  }
  const pattern = patternOf(writes, key);
  const others = view === undefined ? [] : await entriesLike(view, namespace, key, pattern);
  for (const [i, entry] of others.entries()) addEntry(builder, entry, i);
  const own = await view?.entry(namespace, key);
  const masked = own !== undefined && addEntry(builder, own, undefined);
  const like = pattern !== undefined && others.length > 0 ? describePattern(pattern) : undefined;
  return { namespace, key, root: builder.root, like, masked };
}

/** Whether anything in it is sensitive. */
function addEntry(
  builder: FormBuilder,
  { namespace, key, value: text }: Entry,
  other: number | undefined,
): boolean {
  if (text.length > LARGEST_LOOKED_AT) return false;
  const value = parseValue(text);
  const { value: shown, masked } = maskValue(namespace, key, value);
  builder.addValue(value, shown, other);
  return masked;
}

/** Saves of this key or of a pattern that it fits; where there are none, those of any key. */
function writesOf(
  workspace: WorkspaceView | undefined,
  namespace: string,
  key: string,
): readonly ScriptUse[] {
  const exact = (text: string): KnownText => ({ kind: "exact", text });
  const uses = workspace?.usesOf(exact(namespace), exact(key), SAVES);
  if (uses === undefined) return [];
  const writes = (all: readonly ScriptUse[]) => all.filter(({ access }) => access === "write");
  const named = writes([...uses.same, ...uses.overlapping]);
  if (named.length > 0) return named.slice(0, SAVES);
  return writes(uses.unknown)
    .filter(({ namespace: where }) => where.kind === "exact")
    .slice(0, SAVES);
}

/** What keys of the same kind look like; undefined where nothing says that there are others. */
function patternOf(writes: readonly ScriptUse[], key: string): KnownText | undefined {
  const keys = writes.flatMap((use) => use.key ?? []);
  if (keys.some(({ kind }) => kind === "exact")) return undefined;
  const [computed] = keys;
  if (computed !== undefined) return computed;
  const parent = key.slice(0, key.lastIndexOf(":") + 1);
  return parent === "" ? undefined : { kind: "pattern", parts: [parent, null] };
}

async function entriesLike(
  view: StateView,
  namespace: string,
  key: string,
  pattern: KnownText | undefined,
): Promise<readonly Entry[]> {
  if (pattern === undefined) return [];
  const page = await view.page(namespace, {
    prefix: knownPrefix(pattern),
    limit: LOOKED_THROUGH,
    maxValueBytes: READ_FOR_PREVIEW,
  });
  return page
    .filter((entry) => entry.value !== "" && entry.key !== key && matches(pattern, entry.key))
    .slice(0, OTHERS);
}
