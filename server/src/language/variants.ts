import { type ApiRole, STATE_MEMBERS } from "../../../shared/src/api.ts";
import type { StateUse, Surroundings, Variant } from "./model.ts";
import {
  combinations,
  hasChoice,
  knownText,
  type Template,
  withDefaults,
} from "./values/template.ts";

const NAMES: ReadonlySet<ApiRole> = new Set(["namespace", "owner", "key", "step"]);

/**
 * What the names in a call of a State function may be together, by its arguments, where one of them
 * is one of several; undefined: none is.
 */
export function variantsOf(
  member: string,
  templates: readonly Template[],
): readonly (readonly Variant[])[] | undefined {
  const parameters = STATE_MEMBERS.get(member)?.parameters ?? [];
  const names = templates.map((template, i) => {
    const role = parameters[i]?.role;
    return role !== undefined && NAMES.has(role) ? withDefaults(template) : [];
  });
  if (!names.some(hasChoice)) return undefined;
  const variants = combinations(names).map((one) =>
    one.templates.map((template, i) => ({ text: knownText(template), at: one.at[i] })),
  );
  // Several of which nothing is known are one.
  const ids = variants.map((one) =>
    JSON.stringify(one.map(({ text, at }) => [text, at?.span.start])),
  );
  return variants.filter((_, i) => ids.indexOf(ids[i] ?? "") === i);
}

/** A use for each of what its names may be; most have one. */
export function eachOf(use: StateUse): readonly StateUse[] {
  if (use.either === undefined) return [use];
  return use.either.map((variants) => ({
    ...use,
    args: use.args.map((argument, i) => {
      const { text, at } = variants[i] ?? {};
      if (argument.text.kind === "exact" || text === undefined) return argument;
      if (at === undefined || argument.slot === undefined) return { ...argument, text };
      const literal = at.kind === "String" ? at : undefined;
      const given = { ...argument, text, expression: at, span: at.span, literal };
      if (argument.text.kind !== "pattern") return given;
      const within =
        literal !== undefined && text.kind === "exact"
          ? around(literal.value, text.text)
          : undefined;
      return within === undefined ? { ...argument, text } : { ...given, within };
    }),
  }));
}

/** What stands before and after a part of a name, where the part is there once. */
function around(part: string, name: string): Surroundings | undefined {
  const [before, after, ...more] = part === "" ? [] : name.split(part);
  return before === undefined || after === undefined || more.length > 0
    ? undefined
    : { before, after };
}
