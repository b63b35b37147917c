import type { KnownText } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { overlaps } from "../../language/values/matching.ts";
import { allUses } from "../known-names.ts";
import type { RuleContext } from "./rule.ts";

/**
 * Whether any known script, this one included, may load what is stored under a name: then what is
 * stored there cannot take another form without a change of that script.
 */
export function mayBeRead(
  { model, workspace }: RuleContext,
  namespace: KnownText,
  key: KnownText,
): boolean {
  const here = allUses(model).some((use) => {
    const touched = touchedBy(use);
    return (
      touched?.member.access === "read" &&
      overlaps(touched.namespace, namespace) &&
      touched.key !== undefined &&
      overlaps(touched.key, key)
    );
  });
  if (here || workspace === undefined) return here;
  const { same, overlapping, unknown } = workspace.usesOf(namespace, key);
  return [...same, ...overlapping, ...unknown].some(({ access }) => access === "read");
}
