import { StateError } from "../../../../shared/src/errors.ts";
import { keyFault, namespaceFault, quote } from "../../../../shared/src/names.ts";
import type { KnownText } from "../../language/model.ts";
import type { StateName } from "../navigation/target.ts";

/**
 * How much of a name is renamed: the `whole`; its `beginning`, as one place writes it; or what `all`
 * names begin with that begin so, what is stored among them.
 */
export type Extent = "whole" | "beginning" | "all";

/** What is renamed: a namespace, or a key of one; all of the name, or what several begin with. */
export interface Renaming {
  readonly of: "namespace" | "key";
  /** Of a key: its namespace. */
  readonly namespace: KnownText;
  readonly extent: Extent;
  readonly from: string;
  readonly to: string;
}

/** @throws StateError `invalid-namespace`, `invalid-key` when the new name could not be stored */
export function checkNewName({ of, extent, to }: Renaming): void {
  // What follows a beginning is not known: any allowed character stands for it.
  const whole = extent === "whole" ? to : `${to}x`;
  const fault = of === "namespace" ? namespaceFault(whole) : keyFault(whole);
  if (fault === undefined) return;
  throw new StateError(
    `invalid-${of}`,
    `${quote(to)} cannot be a ${of}: ${fault}.`,
    "Choose another name.",
  );
}

/** The names that a renaming may touch, to look them up. */
export function touchedNames({ of, namespace, extent, from }: Renaming): StateName {
  const name: KnownText =
    extent === "whole" ? { kind: "exact", text: from } : { kind: "pattern", parts: [from, null] };
  return of === "namespace" ? { namespace: name } : { namespace, key: name };
}

/** All of a name, or what is known of how it begins. */
export function openingOf(name: KnownText | undefined): string {
  if (name?.kind === "exact") return name.text;
  return (name?.kind === "pattern" && name.parts[0]) || "";
}
