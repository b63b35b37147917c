import type {
  CallExpression,
  Chunk,
  Expression,
  FunctionExpression,
  Identifier,
} from "../syntax/ast.ts";
import { visitNodes } from "../syntax/nodes.ts";
import type { Parsed } from "../syntax/parse.ts";
import type { Part } from "../syntax/part.ts";
import { type CallNames, CallsByName, callNamesIn } from "./call-names.ts";
import { type PartNames, resolvePart } from "./resolve.ts";
import { type Bound, type FreeName, SharedVariable } from "./shared.ts";
import type { Scopes, Variable } from "./variables.ts";

/** The scopes of a chunk, and what those of a later one may take over. */
export interface ResolvedScopes extends Scopes {
  readonly names: Names;
}

/**
 * Finds out which variable each name of a chunk means, by Lua's rules of scope.
 * @param before of an earlier text: what it knows of parts that are still there is taken over, so that
 * nobody may ask it any more
 */
export function resolveScopes({ chunk, parts }: Parsed, before?: ResolvedScopes): ResolvedScopes {
  const names = before?.names ?? new Names();
  return { ...names.update(chunk, parts), names };
}

/** Knows what the names in each part of a script mean, and ties them together. */
export class Names {
  readonly #bound = new Map<Identifier, Bound>();
  readonly #parts = new Map<Part, PartNames>();
  readonly #calls = new Map<Part, CallNames>();
  readonly #globals = new Map<string, SharedVariable>();
  readonly #foreign = new Set<Identifier>();
  readonly #varargs = new Map<Expression, FunctionExpression>();

  /** What the names mean in a script of these parts, some of which may be known. */
  update(chunk: Chunk, parts: readonly Part[]): Scopes {
    const changed = this.#forget(parts);
    const visible = new Map<string, SharedVariable>();
    const locals: Variable[] = [];
    const metatables: CallExpression[] = [];
    for (const part of parts) {
      const names = this.#namesOf(part, visible, changed);
      for (const variable of names.shared) visible.set(variable.name, variable);
      for (const variable of names.locals) locals.push(variable);
      metatables.push(...names.metatables);
    }
    const variables = { get: (identifier: Identifier) => this.#variableOf(identifier) };
    const [globals, foreign, varargs] = [this.#globals, this.#foreign, this.#varargs];
    const calls = new CallsByName(() => parts.map((part) => this.#callsIn(part)));
    return { chunk, variables, locals, globals, foreign, varargs, calls, metatables };
  }

  /** What is known of a part of the text that was last asked about. */
  of(part: Part): PartNames {
    return this.#parts.get(part) ?? resolvePart(part, new Map());
  }

  #callsIn(part: Part): CallNames {
    const known = this.#calls.get(part) ?? callNamesIn(part.statements);
    this.#calls.set(part, known);
    return known;
  }

  #variableOf(identifier: Identifier): Variable | undefined {
    const bound = this.#bound.get(identifier);
    return bound?.kind === "free" ? bound.variable : bound;
  }

  /** Forgets parts that are no more; gives the names that they declared. */
  #forget(parts: readonly Part[]): Set<string> {
    const changed = new Set<string>();
    const kept = this.#parts.size === 0 ? undefined : new Set(parts);
    if (kept === undefined) return changed;
    for (const [part, { shared, free, varargs }] of this.#parts) {
      if (kept.has(part)) continue;
      for (const vararg of varargs.keys()) this.#varargs.delete(vararg);
      this.#parts.delete(part);
      this.#calls.delete(part);
      for (const { name } of shared) changed.add(name);
      for (const name of free.values()) this.#untie(name);
      visitNodes(part.statements, (node) => {
        if (node.kind === "Identifier") this.#bound.delete(node);
      });
    }
    return changed;
  }

  /** @param changed names that mean something else than before from here on; those of a new part join them */
  #namesOf(
    part: Part,
    visible: ReadonlyMap<string, SharedVariable>,
    changed: Set<string>,
  ): PartNames {
    const known = this.#parts.get(part);
    if (known === undefined) {
      const names = resolvePart(part, this.#bound);
      this.#parts.set(part, names);
      for (const [vararg, owner] of names.varargs) this.#varargs.set(vararg, owner);
      for (const name of names.free.values()) this.#tie(name, visible);
      for (const { name } of names.shared) changed.add(name);
      return names;
    }
    const { free } = known;
    if (changed.has("_ENV")) for (const name of free.values()) this.#tie(name, visible);
    for (const one of changed) {
      const name = free.get(one);
      if (name !== undefined) this.#tie(name, visible);
    }
    return known;
  }

  #tie(name: FreeName, visible: ReadonlyMap<string, SharedVariable>): void {
    const local = visible.get(name.name);
    const variable = local ?? this.#globals.get(name.name) ?? new SharedVariable(name.name);
    if (name.variable !== variable) {
      this.#untie(name);
      variable.add(name);
      if (local === undefined) this.#globals.set(name.name, variable);
    }
    for (const { at } of this.#foreign.size === 0 ? [] : name.references) this.#foreign.delete(at);
    if (local !== undefined) return;
    const foreign = visible.has("_ENV") ? name.references.map(({ at }) => at) : name.inEnvironment;
    for (const at of foreign) this.#foreign.add(at);
  }

  #untie(name: FreeName): void {
    const { variable } = name;
    variable?.remove(name);
    if (this.#foreign.size > 0) for (const { at } of name.references) this.#foreign.delete(at);
    if (variable?.kind === "global" && !variable.isNamed) this.#globals.delete(name.name);
  }
}
