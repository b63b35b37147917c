import type { Argument, KnownText, ScriptModel } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { eachOf } from "../../language/variants.ts";

/** A key that stands in a call, with the namespace it is in. */
export interface KeyUse {
  readonly namespace: string;
  readonly key: KnownText;
  readonly argument: Argument;
}

/** The keys of all calls whose namespace is known exactly. */
export function keyUses(model: ScriptModel): readonly KeyUse[] {
  return model.uses.flatMap(eachOf).flatMap((use) => {
    const touched = touchedBy(use);
    const { namespace, key, keyArgument: argument } = touched ?? {};
    if (namespace?.kind !== "exact" || key === undefined || argument === undefined) return [];
    if (argument.literal?.closed === false) return [];
    return [{ namespace: namespace.text, key, argument }];
  });
}
