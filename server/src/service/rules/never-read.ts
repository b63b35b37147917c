import { quote } from "../../../../shared/src/names.ts";
import type { StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";
import type { ScriptUse, WorkspaceView } from "../../language/workspace-view.ts";
import { allUses } from "../known-names.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

/** A key that is saved and that no script of the workspace loads. */
export const neverRead: Rule = {
  code: "never-read",
  family: "data",
  defaultSeverity: "hint",
  summary: "A key that is saved and that no script loads",
  check: (context) => {
    const { workspace, model } = context;
    // Where scripts are still being read, one of them may load it.
    if (workspace === undefined || !workspace.complete) return undefined;
    return model.uses.flatMap((use) => checkUse(use, workspace, context));
  },
};

function checkUse(use: StateUse, workspace: WorkspaceView, { model }: RuleContext): Finding[] {
  const { member, namespace, key, keyArgument } = touchedBy(use) ?? {};
  if (member?.access !== "write" || keyArgument?.slot === undefined) return [];
  if (namespace?.kind !== "exact" || key?.kind !== "exact") return [];
  if (allUses(model).some((one) => isReadOf(one, namespace.text, key.text))) return [];
  const { same, overlapping, unknown } = workspace.usesOf(namespace, key);
  if ([...same, ...overlapping, ...unknown].some((one) => isRead(one, key.text))) return [];
  // Asked last, for it names every use of the namespace: whoever lists it may load all of it.
  const inNamespace = workspace.usesOfNamespace(namespace);
  const all = [...inNamespace.same, ...inNamespace.overlapping];
  if (all.some((one) => one.access === "list" || isRead(one, key.text))) return [];
  const message = `No script of this workspace loads ${quote(key.text)} from ${quote(namespace.text)}.`;
  return [{ span: keyArgument.span, message }];
}

function isRead({ access, key: read }: ScriptUse, key: string): boolean {
  return access === "read" && (read === undefined || matches(read, key));
}

function isReadOf(use: StateUse, namespace: string, key: string): boolean {
  const touched = touchedBy(use);
  if (touched === undefined || !matches(touched.namespace, namespace)) return false;
  if (touched.member.access === "list") return true;
  return touched.member.access === "read" && touched.key !== undefined && matches(touched.key, key);
}
