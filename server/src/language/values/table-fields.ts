import type { Variable } from "../scope/variables.ts";
import type { Expression, TableExpression } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";

/** A table that a constructor makes, and the variable (and the field in it) that holds it. */
export interface HeldTable {
  readonly node: TableExpression;
  readonly holder: Variable | undefined;
  readonly path: readonly string[];
}

/** A value given to a field; undefined: something that is not known. */
export interface FieldValue {
  readonly value: Expression | undefined;
  readonly span: Span;
}

interface Given {
  readonly named: ReadonlyMap<string, readonly FieldValue[]>;
  /** Given under keys that are not known: it may be any field. */
  readonly anywhere: readonly FieldValue[];
}

/** Knows what tables' fields are given, by their constructors and by assignments. */
export class TableFields {
  readonly #keyText: (key: Expression) => string | undefined;
  readonly #known = new Map<TableExpression, Map<Variable | undefined, Given>>();

  /** `keyText`: the text of a computed key, where it is known. */
  constructor(keyText: (key: Expression) => string | undefined) {
    this.#keyText = keyText;
  }

  /** Everything that is, or may be, given to one field. */
  givenTo(table: HeldTable, name: string): readonly FieldValue[] {
    const { named, anywhere } = this.#of(table);
    const own = named.get(name) ?? [];
    return anywhere.length === 0 ? own : [...own, ...anywhere];
  }

  /** The fields to which exactly one value is given. */
  single(table: HeldTable): Map<string, { readonly value: Expression; readonly span: Span }> {
    const { named, anywhere } = this.#of(table);
    const fields = new Map<string, { value: Expression; span: Span }>();
    for (const [name, [only, ...others]] of named) {
      if (only?.value === undefined || others.length + anywhere.length > 0) continue;
      fields.set(name, { value: only.value, span: only.span });
    }
    return fields;
  }

  #of(table: HeldTable): Given {
    const byHolder = this.#known.get(table.node) ?? new Map<Variable | undefined, Given>();
    const known = byHolder.get(table.holder);
    if (known !== undefined) return known;
    const given = this.#collect(table);
    byHolder.set(table.holder, given);
    this.#known.set(table.node, byHolder);
    return given;
  }

  #collect({ node, holder, path }: HeldTable): Given {
    const named = new Map<string, FieldValue[]>();
    const anywhere: FieldValue[] = [];
    const add = (name: string | undefined, value: Expression | undefined, span: Span) => {
      const values = name === undefined ? anywhere : (named.get(name) ?? []);
      values.push({ value: name === undefined ? undefined : value, span });
      if (name !== undefined) named.set(name, values);
    };
    for (const field of node.fields) {
      if (field.kind === "Named") add(field.name.name, field.value, field.name.span);
      else if (field.kind === "Computed") add(this.#keyText(field.key), field.value, field.span);
    }
    for (const field of holder?.fields ?? []) {
      if (field.path.length !== path.length + 1) continue;
      if (!path.every((part, i) => field.path[i] === undefined || field.path[i] === part)) continue;
      const certain = !field.path.slice(0, -1).includes(undefined);
      add(field.path.at(-1), certain ? field.value : undefined, field.target.span);
    }
    return { named, anywhere };
  }
}
