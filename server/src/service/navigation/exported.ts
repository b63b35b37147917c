import type { KnownText, ScriptModel } from "../../language/model.ts";
import type { Expression } from "../../language/syntax/ast.ts";
import { Evaluator } from "../../language/values/evaluate.ts";
import type { ScriptUse, WorkspaceView, WrittenName } from "../../language/workspace-view.ts";
import { pieceIn } from "../written-place.ts";
import type { StateName } from "./target.ts";

/** Deepest field of what a script returns that others can name: `M.keys.user`. */
const MAX_PATH = 3;
/** Uses of one text that are looked at. */
const MOST = 5_000;

/**
 * The text at an offset (UTF-16) that a script gives to those who require it, as a field of what it
 * returns: `return { KEY = "profile" }`.
 */
export function exportedText(model: ScriptModel, offset: number): string | undefined {
  const last = model.chunk.body.statements.at(-1);
  const returned = last?.kind === "Return" ? last.values[0] : undefined;
  if (returned === undefined) return undefined;
  const evaluator = new Evaluator(model.scopes);
  const find = (expression: Expression, depth: number): string | undefined => {
    const piece = pieceIn(model, offset, expression);
    if (piece !== undefined) {
      return piece.open || piece.before !== "" ? undefined : piece.literal.value;
    }
    const value = depth < MAX_PATH ? evaluator.value(expression) : undefined;
    if (value?.kind !== "table") return undefined;
    for (const field of evaluator.fields.single(value).values()) {
      const text = find(field.value, depth + 1);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  return find(returned, 0);
}

/**
 * What scripts that require `file` name by a text that they do not write themselves: entries of which
 * it is the key, and the namespace that it is.
 */
export function namesGivenBy(
  workspace: WorkspaceView,
  file: string,
  text: string,
): readonly StateName[] {
  const wanted: KnownText = { kind: "exact", text };
  const requires = new Map<string, boolean>();
  const isGiven = (use: ScriptUse, name: KnownText | undefined, written?: WrittenName) => {
    if (name?.kind !== "exact" || name.text !== text.normalize("NFC")) return false;
    if (written === undefined || written.content !== undefined) return false;
    const known = requires.get(use.file) ?? workspace.modulesOf(use.file).some(isThis);
    requires.set(use.file, known);
    return known;
  };
  const isThis = (module: { readonly file: string | undefined }) => module.file === file;
  const names = new Map<string, StateName>();
  for (const use of workspace.usesOf({ kind: "unknown" }, wanted, MOST).overlapping) {
    const { namespace, key } = use;
    if (namespace.kind === "unknown" || key === undefined || !isGiven(use, key, use.keyName))
      continue;
    names.set(JSON.stringify([namespace, key]), { namespace, key });
  }
  const { same } = workspace.usesOfNamespace(wanted, MOST);
  if (same.some((use) => isGiven(use, use.namespace, use.namespaceName))) {
    names.set(JSON.stringify([wanted]), { namespace: wanted });
  }
  return [...names.values()];
}
