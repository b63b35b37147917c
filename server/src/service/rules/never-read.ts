import { quote } from "../../../../shared/src/names.ts";
import type { StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";
import type { WorkspaceView } from "../../language/workspace-view.ts";
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
  const uses = workspace.usesOf(namespace, key);
  const inNamespace = workspace.usesOfNamespace(namespace);
  const elsewhere = [
    ...uses.same,
    ...uses.overlapping,
    ...uses.unknown,
    ...inNamespace.same,
    ...inNamespace.overlapping,
  ];
  // Whoever lists a namespace may load whatever is in it.
  const reads = elsewhere.some(
    ({ access, key: read }) =>
      access === "list" || (access === "read" && (read === undefined || matches(read, key.text))),
  );
  const here = allUses(model).some((one) => isReadOf(one, namespace.text, key.text));
  if (reads || here) return [];
  const message = `No script of this workspace loads ${quote(key.text)} from ${quote(namespace.text)}.`;
  return [{ span: keyArgument.span, message }];
}

function isReadOf(use: StateUse, namespace: string, key: string): boolean {
  const touched = touchedBy(use);
  if (touched === undefined || !matches(touched.namespace, namespace)) return false;
  if (touched.member.access === "list") return true;
  return touched.member.access === "read" && touched.key !== undefined && matches(touched.key, key);
}
