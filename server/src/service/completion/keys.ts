import { StateError } from "../../../../shared/src/errors.ts";
import { keyFault } from "../../../../shared/src/names.ts";
import type { StateView } from "../../engine/types.ts";
import type { KnownText, Span } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";
import type { WorkspaceView } from "../../language/workspace-view.ts";
import { count } from "../format.ts";
import { describePattern, knownPrefix } from "../known-names.ts";
import { FOR_PREVIEW, previewLine } from "../present-entry.ts";
import { keysIn, typedTimes } from "../script-names.ts";
import type { CompleteOptions, Completion, CompletionItem } from "../types.ts";
import { LISTED, sortable, type Target } from "./target.ts";

/** After every key that starts with what stands before it. */
const LAST = "\u{10ffff}";
/** How many further groups of keys are looked for behind a full page. */
const GROUPS = 30;
/** Namespaces that are looked into where the script computes the namespace. */
const NAMESPACES = 3;

interface Candidate {
  readonly text: string;
  readonly kind: "key" | "segment" | "pattern";
  readonly detail: string;
  readonly namespace?: string;
  /** Of a pattern. */
  readonly parts?: readonly (string | null)[];
}

/**
 * Keys of the call's namespace: the stored ones with a preview of their value, the segments (`a:`)
 * that several share, and those that only the script names.
 */
export async function completeKeys(
  { view, model, workspace, snippets = false }: CompleteOptions,
  { slot, use }: Target,
): Promise<Completion> {
  const namespace = touchedBy(use)?.namespace ?? { kind: "unknown" };
  const stored = await storedKeys(view, namespace, slot.typed).catch((error: unknown) => {
    // What scripts name can be offered without a store that can be read.
    if (error instanceof StateError) return { candidates: [], more: false };
    throw error;
  });
  const named = keysIn(model, use, namespace);
  const inScript = scriptKeys(named, slot.typed);
  const keys = new Map<string, Candidate>();
  const elsewhere = workspaceKeys(workspace, namespace, slot.typed, (text) =>
    typedTimes(model, use, "key", text),
  );
  for (const candidate of [...stored.candidates, ...inScript, ...elsewhere.candidates]) {
    if (!keys.has(candidate.text)) keys.set(candidate.text, candidate);
  }
  const segments = sharedSegments([...keys.values()], slot.typed);
  const candidates = [
    ...segments.filter(({ text }) => !keys.has(text)),
    // In `"profile:|" .. id` only the part before the rest can be meant.
    ...[...keys.values()].filter(({ kind }) => !slot.open || kind === "segment"),
    ...(snippets && !slot.open ? patternKeys(named.patterns, workspace, namespace) : []),
  ];
  const items = candidates.flatMap((candidate, index): CompletionItem[] => {
    const part = slot.part(candidate.text);
    if (part === undefined) return [];
    const { parts } = candidate;
    if (parts !== undefined) {
      const text = slot.computed?.snippet(parts);
      const span = slot.computed?.span;
      if (text === undefined || span === undefined) return [];
      return [patternItem(candidate, text, span, index)];
    }
    return [
      {
        label: part.label,
        kind: candidate.kind,
        detail: candidate.detail,
        insertText: part.written,
        span: slot.span,
        sortText: sortable(index),
        filterText: part.written,
        ...(candidate.kind === "segment" ? { continues: true as const } : {}),
        ...(candidate.namespace === undefined
          ? {}
          : {
              data: {
                kind: "key" as const,
                namespace: candidate.namespace,
                key: candidate.text,
              },
            }),
      },
    ];
  });
  return { items, isIncomplete: stored.more || elsewhere.more };
}

/** Stored keys: all of a small namespace, of a large one those that start as typed. */
async function storedKeys(
  view: StateView | undefined,
  namespace: KnownText,
  typed: string,
): Promise<{ readonly candidates: readonly Candidate[]; readonly more: boolean }> {
  if (view === undefined) return { candidates: [], more: false };
  const candidates: Candidate[] = [];
  let more = false;
  for (const name of await namespacesLike(view, namespace)) {
    const listed = { limit: LISTED + 1, ...FOR_PREVIEW };
    const all = await view.page(name, listed);
    const large = all.length > LISTED;
    const page = large ? await view.page(name, { prefix: typed, ...listed }) : all;
    candidates.push(
      ...page.slice(0, LISTED).map((entry) => ({
        text: entry.key,
        kind: "key" as const,
        detail: previewLine(entry),
        namespace: name,
      })),
    );
    if (page.length > LISTED) candidates.push(...(await laterSegments(view, name, typed, page)));
    more ||= large;
  }
  return { candidates, more };
}

async function namespacesLike(view: StateView, known: KnownText): Promise<readonly string[]> {
  if (known.kind === "exact") return [known.text];
  if (known.kind === "unknown" || knownPrefix(known) === "") return [];
  const all = await view.namespaces();
  return all
    .map(({ namespace }) => namespace)
    .filter((namespace) => matches(known, namespace))
    .slice(0, NAMESPACES);
}

/** The segments that begin behind a full page, found by leaping over each one's keys. */
async function laterSegments(
  view: StateView,
  namespace: string,
  typed: string,
  page: readonly { readonly key: string }[],
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  let after = page.at(-1)?.key;
  for (let leap = 0; leap < GROUPS && after !== undefined; leap++) {
    const inside = segmentOf(after, typed);
    const [next]: readonly { key: string }[] = await view.page(namespace, {
      prefix: typed,
      after: inside === undefined ? after : inside + LAST,
      limit: 1,
      maxValueBytes: 0,
    });
    if (next === undefined) break;
    const segment = segmentOf(next.key, typed);
    if (segment !== undefined) found.push({ text: segment, kind: "segment", detail: "keys" });
    after = next.key;
  }
  return found;
}

/** `profile:` of `profile:email` where `pro` was typed; undefined when no segment follows. */
function segmentOf(key: string, typed: string): string | undefined {
  if (!key.startsWith(typed)) return undefined;
  const colon = key.indexOf(":", typed.length);
  return colon < 0 || colon === key.length - 1 ? undefined : key.slice(0, colon + 1);
}

/** Segments that at least two of the keys begin with. */
function sharedSegments(keys: readonly Candidate[], typed: string): Candidate[] {
  const counts = new Map<string, number>();
  for (const { text, kind } of keys) {
    const segment = kind === "key" ? segmentOf(text, typed) : undefined;
    if (segment !== undefined) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, n]) => n > 1)
    .map(([text, n]) => ({ text, kind: "segment" as const, detail: count(n, "key") }));
}

/** Patterns of keys that scripts make, each once. */
function patternKeys(
  own: readonly KnownText[],
  workspace: WorkspaceView | undefined,
  namespace: KnownText,
): Candidate[] {
  const others =
    namespace.kind === "exact"
      ? (workspace?.keys(namespace.text, { limit: LISTED }).patterns ?? [])
      : [];
  const found = new Map<string, Candidate>();
  for (const pattern of [...own, ...others.map((one) => one.pattern)]) {
    if (pattern.kind !== "pattern" || knownPrefix(pattern) === "") continue;
    const text = describePattern(pattern);
    found.set(text, { text, kind: "pattern", detail: "computed key", parts: pattern.parts });
  }
  return [...found.values()].slice(0, LISTED);
}

function patternItem(
  { text, detail }: Candidate,
  insertText: string,
  span: Span,
  index: number,
): CompletionItem {
  return {
    label: text,
    kind: "pattern",
    detail,
    insertText,
    snippet: true,
    span,
    sortText: sortable(index),
    filterText: text,
  };
}

/** Keys that other scripts name, where the namespace is known. */
function workspaceKeys(
  workspace: WorkspaceView | undefined,
  namespace: KnownText,
  typed: string,
  typedTimes: (text: string) => number,
): { readonly candidates: readonly Candidate[]; readonly more: boolean } {
  if (workspace === undefined || namespace.kind !== "exact") return { candidates: [], more: false };
  const { exact, more } = workspace.keys(namespace.text, { prefix: typed, limit: LISTED });
  const candidates = exact
    .map(({ text, uses }) => ({ text, uses: uses - typedTimes(text) }))
    .filter(({ text, uses }) => text !== typed && uses > 0 && keyFault(text) === undefined)
    .map(({ text, uses }) => ({
      text,
      kind: "key" as const,
      detail: `${count(uses, "use")} in this workspace`,
    }));
  return { candidates, more };
}

function scriptKeys({ exact, patterns }: ReturnType<typeof keysIn>, typed: string): Candidate[] {
  const begun = patterns
    .map((pattern) => ({ prefix: knownPrefix(pattern), text: describePattern(pattern) }))
    .filter(({ prefix }) => prefix !== "" && prefix !== typed);
  return [
    ...exact
      .filter(({ text }) => keyFault(text) === undefined)
      .map(({ text, uses }) => ({
        text,
        kind: "key" as const,
        detail: `${count(uses, "use")} in this script`,
      })),
    ...begun.map(({ prefix, text }) => ({
      text: prefix,
      kind: "segment" as const,
      detail: `${text} in this script`,
    })),
  ];
}
