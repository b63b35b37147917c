import { quote } from "../../../../shared/src/names.ts";
import { type KeyUse, keyUses } from "./key-uses.ts";
import type { Finding, Rule } from "./rule.ts";

/** Fewest keys that share a first word. */
const SHARED = 3;

/** Keys that begin with the same thing but do not say so with `:`. */
export const flatKey: Rule = {
  code: "flat-key",
  family: "naming",
  defaultSeverity: "information",
  summary: "Keys that share a beginning without ':'",
  check: ({ model }) => {
    const uses = keyUses(model);
    return [...uses.flatMap(computed), ...sharedBeginnings(uses)];
  },
};

/** `"user_" .. id` */
function computed({ key, argument }: KeyUse): Finding[] {
  if (key.kind !== "pattern" || key.parts.length !== 2 || key.parts[1] !== null) return [];
  const [, thing] = /^([A-Za-z][A-Za-z0-9]+)[_.-]$/.exec(key.parts[0] ?? "") ?? [];
  if (thing === undefined) return [];
  const message = `Write ${quote(`${thing}:`)} before what follows: keys of one kind are then listed, completed and found together.`;
  return [{ span: argument.span, message }];
}

/** `profile_name`, `profile_email`, `profile_phone` */
function sharedBeginnings(uses: readonly KeyUse[]): Finding[] {
  const flat = uses.flatMap((use) => {
    const text = use.key.kind === "exact" ? use.key.text : "";
    const [, thing, rest] = /^([A-Za-z][A-Za-z0-9]+)[_.-]([A-Za-z][^:]*)$/.exec(text) ?? [];
    return thing === undefined || rest === undefined ? [] : [{ ...use, text, thing, rest }];
  });
  const groups = Map.groupBy(flat, ({ namespace, thing }) => `${namespace}\n${thing}`);
  return [...groups.values()].flatMap((group) => {
    const keys = new Set(group.map(({ text }) => text));
    if (keys.size < SHARED) return [];
    return group.map(({ namespace, argument, text, thing, rest }) => {
      const to = `${thing}:${rest}`;
      const title = `Rename ${quote(text)} to ${quote(to)} in scripts and stored data...`;
      return {
        span: argument.span,
        message: `${keys.size} keys begin with ${quote(thing)}: write ${quote(text)} as ${quote(to)}.`,
        fixes: [{ title, changes: [], rename: { namespace, key: text, to } }],
      };
    });
  });
}
