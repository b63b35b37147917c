import { quote } from "../../../../shared/src/names.ts";
import { nearest } from "../../../../shared/src/nearest.ts";
import type { StateView } from "../../engine/types.ts";
import type { KnownText, ScriptModel, StateUse } from "../../language/model.ts";
import { type Touched, touchedBy } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";
import type { WorkspaceView } from "../../language/workspace-view.ts";
import { allUses } from "../known-names.ts";
import type { Fix } from "../types.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

/** Keys of a namespace that are compared; in a larger one nothing is claimed. */
const COMPARED = 500;
/** Loads of one script that are looked up at most. */
const LOOKED_UP = 100;

/** A key that is loaded and that nothing stores. */
export const unknownKey: Rule = {
  code: "unknown-key",
  family: "data",
  defaultSeverity: "information",
  summary: "A key that is loaded and that nothing stores",
  check: async (context) => {
    const { model, view } = context;
    if (view === undefined) return undefined;
    const found: Finding[] = [];
    const saved = new SavedKeys(context);
    for (const use of allUses(model).slice(0, LOOKED_UP)) {
      const touched = touchedBy(use);
      if (touched !== undefined)
        found.push(...(await checkUse(use, touched, context, view, saved)));
    }
    return found;
  },
};

async function checkUse(
  use: StateUse,
  { member, namespace, key, keyArgument }: Touched,
  { model, workspace }: RuleContext,
  view: StateView,
  saved: SavedKeys,
): Promise<Finding[]> {
  if (member.access !== "read" || keyArgument?.slot === undefined) return [];
  if (namespace.kind !== "exact" || key?.kind !== "exact" || key.text === "") return [];
  if (keyArgument.literal?.closed === false) return [];
  if ((await view.entry(namespace.text, key.text.normalize("NFC"))) !== undefined) return [];
  if (isSavedIn(model, namespace.text, key.text)) return [];
  if (workspace !== undefined && isSavedElsewhere(workspace, namespace, key)) return [];
  const page = await view.page(namespace.text, { limit: COMPARED, maxValueBytes: 0 });
  const stored = page.length < COMPARED ? page.map((entry) => entry.key) : [];
  const near = nearest(
    key.text,
    [...stored, ...saved.of(namespace.text)].filter((one) => !differsInNumbers(one, key.text)),
  );
  const { span } = keyArgument;
  const nothing = `Nothing is stored under ${quote(key.text)} in ${quote(namespace.text)}`;
  if (near === undefined) {
    const known = workspace?.complete === true;
    return known
      ? [{ span, message: `${nothing}, and no script of this workspace saves it.` }]
      : [];
  }
  const message = `${nothing}. Did you mean ${quote(near)}?`;
  const fixes = use.via === "direct" ? correction(keyArgument, near, model.text) : [];
  return [{ span, message, severity: "warning", fixes }];
}

/** The keys that scripts save, by namespace; each namespace is gone through once. */
class SavedKeys {
  readonly #context: RuleContext;
  readonly #known = new Map<string, readonly string[]>();

  constructor(context: RuleContext) {
    this.#context = context;
  }

  of(namespace: string): readonly string[] {
    const known = this.#known.get(namespace) ?? this.#find(namespace);
    this.#known.set(namespace, known);
    return known;
  }

  #find(namespace: string): readonly string[] {
    const { model, workspace } = this.#context;
    const keys = new Set<string>();
    for (const use of allUses(model)) {
      const touched = touchedBy(use);
      if (touched?.member.access !== "write" || touched.key?.kind !== "exact") continue;
      if (touched.namespace.kind !== "exact" || touched.namespace.text !== namespace) continue;
      keys.add(touched.key.text);
    }
    // Of scripts that are still being read, one may save the very key.
    if (workspace === undefined) return [...keys];
    if (!workspace.complete) return [];
    const { same } = workspace.usesOfNamespace({ kind: "exact", text: namespace });
    for (const { access, key } of same) {
      if (access === "write" && key?.kind === "exact") keys.add(key.text);
    }
    return [...keys].slice(0, COMPARED);
  }
}

/** Whether the script itself saves, or may save, what it loads. */
function isSavedIn(model: ScriptModel, namespace: string, key: string): boolean {
  return allUses(model).some((use) => {
    const touched = touchedBy(use);
    return (
      touched?.member.access === "write" &&
      matches(touched.namespace, namespace) &&
      touched.key !== undefined &&
      matches(touched.key, key)
    );
  });
}

function isSavedElsewhere(workspace: WorkspaceView, namespace: KnownText, key: KnownText): boolean {
  const { same, overlapping, unknown } = workspace.usesOf(namespace, key);
  return [...same, ...overlapping, ...unknown].some(({ access }) => access === "write");
}

/** `item1` and `item2` are two things and no slip. */
function differsInNumbers(one: string, other: string): boolean {
  return one.replace(/\d+/g, "0") === other.replace(/\d+/g, "0");
}

function correction(
  argument: NonNullable<Touched["keyArgument"]>,
  near: string,
  text: string,
): Fix[] {
  const { literal } = argument;
  const span = literal?.contentSpan;
  // Only where the key is written as it is, and the other can be.
  if (span === undefined || text.slice(span.start, span.end) !== literal?.value) return [];
  if (/["'\\\]]|[^\x20-\x7e]/.test(near)) return [];
  return [{ title: `Change to "${near}"`, changes: [{ span, newText: near }], preferred: true }];
}
