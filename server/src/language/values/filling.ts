import type { Expression } from "../syntax/ast.ts";
import type { LocalPart } from "../wrappers/parts.ts";
import { ANYTHING, fill, type Hole, joinTemplates, soleHole, type Template } from "./template.ts";
import { type Bound, type Given, type TableValue, textOf, UNKNOWN, type Value } from "./value.ts";

/** Deepest nesting of what functions are given that functions give back. */
const MAX_BOUND = 4;

/** What stands under a path of a value; undefined: nothing does. */
type Under = (value: Value | undefined, path: readonly string[]) => Value | undefined;

/** Where a text, or what stands between `before` and `after` in it, is written. */
export interface Origin {
  readonly at: Expression;
  readonly before: string;
  readonly after: string;
  /** It is written in what makes an object, for all of them. */
  readonly shared: boolean;
}

/** Fills in what calls give: values, and texts that are open until then. */
export class Filling {
  readonly #under: Under;

  constructor(under: Under) {
    this.#under = under;
  }

  /** The value with what is open in it filled in, as far as it was given. */
  value(value: Value, bound: Bound | undefined, depth = 0): Value {
    if (bound === undefined) return value;
    if (depth > MAX_BOUND) return UNKNOWN;
    switch (value.kind) {
      case "text": {
        const hole = soleHole(value.template);
        if (hole === undefined || !bound.has(hole.variable)) {
          return this.#filled(value.template, bound);
        }
        return this.#ofHole(hole, bound) ?? UNKNOWN;
      }
      case "table":
        if (value.self !== undefined && bound.has(value.self)) {
          return bound.get(value.self) ?? UNKNOWN;
        }
        return {
          ...value,
          ...this.#metatable(value, bound, depth),
          bound: this.#merged(value.bound, bound, depth),
        };
      case "function":
        return { ...value, bound: this.#merged(value.bound, bound, depth) };
      case "module": {
        if (value.made === undefined) return value;
        const { given } = value.made;
        const filled: Given = {
          ...given,
          parameter: (parameter) => {
            const found = given.parameter(parameter);
            return found && this.value(found, bound, depth + 1);
          },
        };
        return { ...value, made: { ...value.made, given: filled } };
      }
      default:
        return value;
    }
  }

  /** `setmetatable({}, class)`, where the class is given. */
  #metatable({ metatable }: TableValue, bound: Bound, depth: number): { metatable?: Value } {
    const isGiven = metatable?.kind === "text" && soleHole(metatable.template) !== undefined;
    return isGiven ? { metatable: this.value(metatable, bound, depth + 1) } : {};
  }

  /** The same, with the place of what was given, where that is one thing. */
  #filled(template: Template, bound: Bound): Value {
    const text: Value = { kind: "text", template: this.text(template, bound) };
    const i = template.findIndex((piece) => typeof piece !== "string");
    const [before, hole, after] = [template.slice(0, i), template[i], template.slice(i + 1)];
    const isHole = typeof hole === "object" && hole.kind === "hole" && bound.has(hole.variable);
    if (!isHole || !after.every((piece) => typeof piece === "string")) return text;
    const given = this.#ofHole(hole, bound);
    if (given?.kind !== "text" || given.at === undefined || given.shared) return text;
    const within = {
      before: before.join("") + (given.within?.before ?? ""),
      after: (given.within?.after ?? "") + after.join(""),
    };
    return { ...text, at: given.at, within };
  }

  /** The text with what is open in it filled in, as far as it was given. */
  text(template: Template, bound: Bound): Template {
    return fill(template, (hole) => {
      if (!bound.has(hole.variable)) return [hole];
      const value = this.#ofHole(hole, bound);
      return value === undefined ? ANYTHING : textOf(value);
    });
  }

  /** A text with the parameters filled in. */
  parts(parts: readonly LocalPart[], given: Given): Template {
    return joinTemplates(
      parts.map((part) => {
        if (part === null) return ANYTHING;
        if (typeof part === "string") return [part];
        if ("variable" in part) {
          return given.bound === undefined ? [part] : this.text([part], given.bound);
        }
        const from = part.outer === true ? given.outer : given;
        if (from === undefined) return ANYTHING;
        const value = this.#under(from.parameter(part.parameter), part.path ?? []);
        const instead =
          value === undefined || value.kind === "unknown" ? part.otherwise : undefined;
        const missing = value === undefined || part.path !== undefined;
        if (instead !== undefined && missing) return this.parts(instead, given);
        return value === undefined ? ANYTHING : textOf(value);
      }),
    );
  }

  /** What a part stands for that is given: also a function; what nobody gave yet stays open. */
  given(part: LocalPart, given: Given): Value | undefined {
    if (part === null || typeof part === "string") return undefined;
    if ("variable" in part) {
      const isGiven = given.bound?.has(part.variable) === true;
      if (!isGiven || given.bound === undefined) return { kind: "text", template: [part] };
      return this.#ofHole(part, given.bound);
    }
    const from = part.outer === true ? given.outer : given;
    return from && this.#under(from.parameter(part.parameter), part.path ?? []);
  }

  /** Where in this script a part of a text is written that was given to what made the function. */
  origin(part: LocalPart, given: Given): Origin | undefined {
    const value = this.given(part, given);
    if (value?.kind !== "text" || value.at === undefined) return undefined;
    const { before, after } = value.within ?? { before: "", after: "" };
    return { at: value.at, before, after, shared: value.shared === true };
  }

  #merged(inner: Bound | undefined, outer: Bound, depth: number): Bound {
    if (inner === undefined) return outer;
    const merged = new Map(outer);
    for (const [variable, value] of inner) {
      merged.set(variable, value && this.value(value, outer, depth + 1));
    }
    return merged;
  }

  #ofHole({ variable, path, here, otherwise, fallback }: Hole, bound: Bound): Value | undefined {
    const value = this.#under(bound.get(variable), path);
    if (value?.kind === "unknown" && here !== undefined) return { kind: "text", template: here };
    if (value !== undefined) return value;
    const instead = otherwise ?? here;
    const at = instead === undefined || otherwise === undefined ? undefined : fallback?.at;
    return instead && { kind: "text", template: this.text(instead, bound), at };
  }
}
