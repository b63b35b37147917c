import type { Scopes, Variable } from "../scope/variables.ts";
import type { Expression } from "../syntax/ast.ts";

/** Where a value is kept: in a variable, or in a field that is named. The same place has the same object. */
export interface Held {
  /** Its own, counted from 0. */
  readonly number: number;
  readonly root: Variable;
  /** `["prefs"]` of `self.prefs`; empty: the variable itself. */
  readonly path: readonly string[];
}

const NONE: readonly Held[] = [];

/** Knows the places that names and fields of a script mean. */
export class HeldPlaces {
  readonly #scopes: Scopes;
  readonly #held = new Map<Variable, Map<string, Held>>();
  readonly #fieldsOf = new Map<Variable, Held[]>();
  readonly #fieldsNamed = new Map<string, Held[]>();
  #count = 0;

  constructor(scopes: Scopes) {
    this.#scopes = scopes;
  }

  /** The place that an expression names; undefined where it names none, or a computed one. */
  of(expression: Expression): Held | undefined {
    const path: string[] = [];
    let at = expression;
    while (at.kind === "Member" || at.kind === "Index") {
      const name = at.kind === "Member" ? at.name?.name : nameIn(at.index);
      if (name === undefined) return undefined;
      path.push(name);
      at = at.object;
    }
    if (at.kind === "Paren" && path.length === 0) return this.of(at.expression);
    const root = at.kind === "Identifier" ? this.#scopes.variables.get(at) : undefined;
    return root === undefined ? undefined : this.#place(root, path.reverse());
  }

  /** The fields of a variable that were asked for so far. */
  fieldsOf(root: Variable): readonly Held[] {
    return this.#fieldsOf.get(root) ?? NONE;
  }

  /** The fields with a name in their path that were asked for so far. */
  fieldsNamed(name: string): readonly Held[] {
    return this.#fieldsNamed.get(name) ?? NONE;
  }

  #place(root: Variable, path: readonly string[]): Held {
    const places = this.#held.get(root) ?? new Map<string, Held>();
    this.#held.set(root, places);
    const id = path.length === 0 ? "" : JSON.stringify(path);
    const known = places.get(id);
    if (known !== undefined) return known;
    const held = { number: this.#count++, root, path };
    places.set(id, held);
    if (path.length > 0) push(this.#fieldsOf, root, held);
    for (const name of new Set(path)) push(this.#fieldsNamed, name, held);
    return held;
  }
}

function push<K>(lists: Map<K, Held[]>, key: K, held: Held): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [held]);
  else list.push(held);
}

function nameIn(index: Expression): string | undefined {
  return index.kind === "String" ? index.value : undefined;
}
