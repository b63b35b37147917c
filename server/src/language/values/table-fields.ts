import type { Variable } from "../scope/variables.ts";
import type { Expression, TableExpression } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";

/** A table that a constructor makes, and the variable (and the field in it) that holds it. */
export interface HeldTable {
  readonly node: TableExpression;
  readonly holder: Variable | undefined;
  readonly path: readonly string[];
  /** Other variables that it was given to. */
  readonly also?: readonly Variable[];
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

/** A list with more items than this is data. */
const MAX_ITEMS = 200;

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
    const also = table.path.length > 0 ? [] : (table.also ?? []);
    const later = also.flatMap(({ fields }) =>
      fields
        .filter(({ path }) => path.length === 1 && (path[0] === undefined || path[0] === name))
        .map(({ path, value, target }) => ({
          value: path[0] === undefined ? undefined : value,
          span: target.span,
        })),
    );
    return anywhere.length + later.length === 0 ? own : [...own, ...anywhere, ...later];
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

  /** What is given to each field, as far as that is known, and where it is named first. */
  byName(table: HeldTable): Map<string, { readonly values: Expression[]; readonly span: Span }> {
    const fields = new Map<string, { values: Expression[]; span: Span }>();
    for (const [name, [first, ...others]] of this.#of(table).named) {
      if (first === undefined) continue;
      const values = [first, ...others].flatMap(({ value }) => value ?? []);
      fields.set(name, { values, span: first.span });
    }
    return fields;
  }

  /** Everything that is given to any field, by the fields' names; undefined: under a key that is not known. */
  all(table: HeldTable): readonly (readonly [name: string | undefined, given: FieldValue])[] {
    const { named, anywhere } = this.#of(table);
    return [
      ...[...named].flatMap(([name, values]) => values.map((value) => [name, value] as const)),
      ...anywhere.map((value) => [undefined, value] as const),
    ];
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
    let items = 0;
    for (const field of node.fields) {
      if (field.kind === "Named") add(field.name.name, field.value, field.name.span);
      else if (field.kind === "Computed") add(this.#keyText(field.key), field.value, field.span);
      else if (items++ < MAX_ITEMS) add(String(items), field.value, field.span);
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
