import { KEY_RULE, keyFault, quote } from "../../../../shared/src/names.ts";
import type { KnownText, StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import type { Finding, Rule } from "./rule.ts";

/** A key that every call with it will refuse. */
export const invalidKey: Rule = {
  code: "invalid-key",
  family: "naming",
  defaultSeverity: "error",
  summary: "A key that State refuses",
  check: ({ model }) => allUses(model).flatMap(checkUse),
};

function checkUse(use: StateUse): Finding[] {
  const touched = touchedBy(use);
  const argument = touched?.keyArgument;
  if (argument?.slot === undefined || touched?.key === undefined) return [];
  if (argument.literal?.closed === false) return [];
  const fault = faultOf(touched.key);
  if (fault === undefined) return [];
  return [
    {
      span: argument.span,
      message: `The key ${quote(fault.name)} is not allowed: ${fault.reason}. Allowed are ${KEY_RULE}.`,
    },
  ];
}

function faultOf(key: KnownText): { readonly name: string; readonly reason: string } | undefined {
  if (key.kind === "exact") {
    const reason = keyFault(key.text);
    return reason === undefined ? undefined : { name: key.text, reason };
  }
  if (key.kind !== "pattern") return undefined;
  const name = key.parts.map((part) => part ?? "…").join("");
  for (const [index, part] of key.parts.entries()) {
    if (part === null || part === "") continue;
    // Only the first part can start the key; later ones are checked behind a harmless letter.
    const reason = keyFault(index === 0 ? part : `a${part}`);
    if (reason !== undefined) return { name, reason };
  }
  return undefined;
}
