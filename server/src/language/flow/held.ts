import type { Scopes, Variable } from "../scope/variables.ts";
import type { Expression } from "../syntax/ast.ts";

/** A field that is named: `self.prefs`. The same field has the same object. */
export interface HeldField {
  readonly kind: "field";
  readonly root: Variable;
  readonly path: readonly string[];
}

/** Where a value is kept: in a variable, or in a field that is named. */
export type Held = Variable | HeldField;

/** Knows the places that names and fields of a script mean. */
export class HeldPlaces {
  readonly #scopes: Scopes;
  readonly #fields = new Map<Variable, Map<string, HeldField>>();

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
    return root === undefined || path.length === 0 ? root : this.#field(root, path.reverse());
  }

  #field(root: Variable, path: readonly string[]): HeldField {
    const fields = this.#fields.get(root) ?? new Map<string, HeldField>();
    this.#fields.set(root, fields);
    const id = JSON.stringify(path);
    const field = fields.get(id) ?? { kind: "field", root, path };
    fields.set(id, field);
    return field;
  }
}

function nameIn(index: Expression): string | undefined {
  return index.kind === "String" ? index.value : undefined;
}
