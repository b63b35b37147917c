import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import { NAMESPACE_RULE, namespaceFault, quote } from "../../../../shared/src/names.ts";
import type { StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import type { Finding, Rule } from "./rule.ts";

/** A namespace that every call with it will refuse. */
export const invalidNamespace: Rule = {
  code: "invalid-namespace",
  family: "naming",
  defaultSeverity: "error",
  summary: "A namespace that State refuses",
  check: ({ model }) => allUses(model).flatMap(checkUse),
};

function checkUse(use: StateUse): Finding[] {
  const touched = touchedBy(use);
  const argument = touched?.namespaceArgument;
  if (argument?.slot === undefined || argument.literal?.closed === false) return [];
  const fault = faultOf(touched?.namespace, STATE_MEMBERS.get(use.member)?.namespacePrefix);
  if (fault === undefined) return [];
  return [
    {
      span: argument.span,
      message: `The namespace ${quote(fault.name)} is not allowed: ${fault.reason}. Allowed are ${NAMESPACE_RULE}.`,
    },
  ];
}

function faultOf(
  namespace: NonNullable<ReturnType<typeof touchedBy>>["namespace"] | undefined,
  prefix: string | undefined,
): { readonly name: string; readonly reason: string } | undefined {
  if (namespace?.kind === "exact") {
    const reason = namespaceFault(namespace.text);
    return reason === undefined ? undefined : { name: namespace.text, reason };
  }
  if (namespace?.kind !== "pattern") return undefined;
  // A fixed part with a character that no namespace may have spoils whatever the rest is.
  for (const part of namespace.parts) {
    if (part === null || part === "" || part === prefix) continue;
    const reason = namespaceFault(part.replaceAll(/^:|:$/g, "") || "a");
    const name = namespace.parts.map((p) => p ?? "…").join("");
    if (reason !== undefined) return { name, reason };
  }
  return undefined;
}
