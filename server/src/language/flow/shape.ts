import type { Definition, Scopes, Variable } from "../scope/variables.ts";
import type { Expression, TableExpression } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";

/** What a script's text says of a value's form. */
export type Shape =
  | {
      readonly kind:
        | "string"
        | "integer"
        | "float"
        | "number"
        | "boolean"
        | "nil"
        | "function"
        | "unknown";
    }
  | TableShape;

export interface TableShape {
  readonly kind: "table";
  /** Fields with known names, in source order, each name once. */
  readonly fields: readonly ShapeField[];
  /** How many values stand without a key. */
  readonly items: number;
  /** There may be more than is seen here: computed keys, or a loaded value behind it. */
  readonly open: boolean;
}

export interface ShapeField {
  readonly name: string;
  /** Where the name stands. */
  readonly span: Span;
  readonly shape: Shape;
}

const UNKNOWN: Shape = { kind: "unknown" };
const MAX_DEPTH = 12;
const MAX_FIELDS = 300;

/** Finds out the form of values, in particular of tables that are saved. */
export class Shapes {
  readonly #scopes: Scopes;
  readonly #inProgress = new Set<Variable>();

  constructor(scopes: Scopes) {
    this.#scopes = scopes;
  }

  /** The form of an expression's value, with the fields that a variable's table is given later. */
  of(expression: Expression): Shape {
    return this.#of(expression, 0);
  }

  #of(expression: Expression, depth: number): Shape {
    if (depth > MAX_DEPTH) return UNKNOWN;
    switch (expression.kind) {
      case "String":
        return { kind: "string" };
      case "Number":
        return {
          kind: /^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/.test(expression.raw) ? "integer" : "float",
        };
      case "True":
      case "False":
        return { kind: "boolean" };
      case "Nil":
        return { kind: "nil" };
      case "Function":
        return { kind: "function" };
      case "Paren":
        return this.#of(expression.expression, depth + 1);
      case "Table":
        return this.#table(expression, depth);
      case "Identifier": {
        const variable = this.#scopes.variables.get(expression);
        return variable === undefined ? UNKNOWN : this.#variable(variable, depth);
      }
      case "Member": {
        const object = this.#of(expression.object, depth + 1);
        const name = expression.name?.name;
        const field = object.kind === "table" && object.fields.find((one) => one.name === name);
        return field ? field.shape : UNKNOWN;
      }
      case "Unary":
        return unary(expression.operator);
      case "Binary":
        return this.#binary(expression, depth);
      default:
        return UNKNOWN;
    }
  }

  #table(table: TableExpression, depth: number): TableShape {
    const fields: ShapeField[] = [];
    let items = 0;
    let open = false;
    for (const field of table.fields.slice(0, MAX_FIELDS)) {
      const shape = this.#of(field.value, depth + 1);
      if (field.kind === "Positional") items += 1;
      else if (field.kind === "Named") {
        fields.push({ name: field.name.name, span: field.name.span, shape });
      } else if (field.key.kind === "String") {
        fields.push({ name: field.key.value, span: field.key.contentSpan, shape });
      } else open = true;
    }
    return merged([{ kind: "table", fields, items, open }]);
  }

  #variable(variable: Variable, depth: number): Shape {
    if (this.#inProgress.has(variable)) return UNKNOWN;
    this.#inProgress.add(variable);
    const shapes = variable.definitions.map((definition) => this.#definition(definition, depth));
    const given = this.#given(variable, depth);
    this.#inProgress.delete(variable);
    const [first = UNKNOWN] = shapes;
    const tables = shapes.filter((shape) => shape.kind === "table");
    if (tables.length > 0) {
      const open = tables.length < shapes.length;
      return merged([...tables, given, { ...EMPTY, open }]);
    }
    if (given.fields.length > 0) return { ...given, open: true };
    return shapes.every((shape) => shape.kind === first.kind) ? first : UNKNOWN;
  }

  #definition({ value }: Definition, depth: number): Shape {
    return value === undefined ? UNKNOWN : this.#of(value, depth + 1);
  }

  /** The fields that are assigned to what a variable holds, nested ones too. */
  #given(variable: Variable, depth: number): TableShape {
    const shapes = variable.fields
      .slice(0, MAX_FIELDS)
      .map(({ path, target, value }): TableShape => {
        let shape = value === undefined ? UNKNOWN : this.#of(value, depth + 1);
        let at: Expression = target;
        for (const name of path.toReversed()) {
          const span = nameSpan(at);
          if (at.kind === "Member" || at.kind === "Index") at = at.object;
          const fields = name === undefined ? [] : [{ name, span, shape }];
          shape = { ...EMPTY, fields, open: name === undefined };
        }
        return shape.kind === "table" ? shape : EMPTY;
      });
    return merged(shapes);
  }

  #binary({ operator, left, right }: Expression & { kind: "Binary" }, depth: number): Shape {
    switch (operator) {
      case "or": {
        const either = [this.#of(left, depth + 1), this.#of(right, depth + 1)];
        const tables = either.filter((shape) => shape.kind === "table");
        const open = tables.length < 2;
        if (tables.length > 0) return merged([...tables, { ...EMPTY, open }]);
        return either[0]?.kind === either[1]?.kind ? (either[0] ?? UNKNOWN) : UNKNOWN;
      }
      case "and":
        return this.#of(right, depth + 1);
      case "..":
        return { kind: "string" };
      case "==":
      case "~=":
      case "<":
      case ">":
      case "<=":
      case ">=":
        return { kind: "boolean" };
      case "/":
      case "^":
        return { kind: "float" };
      default:
        return { kind: "number" };
    }
  }
}

const EMPTY: TableShape = { kind: "table", fields: [], items: 0, open: false };

/** One table with the fields of all; a field that several have gets what they say together. */
function merged(tables: readonly TableShape[]): TableShape {
  const fields = new Map<string, ShapeField>();
  for (const field of tables.flatMap((table) => table.fields)) {
    const known = fields.get(field.name);
    if (known === undefined) fields.set(field.name, field);
    else fields.set(field.name, { ...known, shape: together(known.shape, field.shape) });
  }
  return {
    kind: "table",
    fields: [...fields.values()].sort((a, b) => a.span.start - b.span.start),
    items: Math.max(0, ...tables.map((table) => table.items)),
    open: tables.some((table) => table.open),
  };
}

function together(a: Shape, b: Shape): Shape {
  if (a.kind === "table" && b.kind === "table") return merged([a, b]);
  if (a.kind === b.kind || b.kind === "nil") return a;
  return a.kind === "nil" ? b : UNKNOWN;
}

function unary(operator: "not" | "#" | "-" | "~"): Shape {
  if (operator === "not") return { kind: "boolean" };
  return { kind: operator === "-" ? "number" : "integer" };
}

function nameSpan(target: Expression): Span {
  if (target.kind === "Member") return target.name?.span ?? target.span;
  if (target.kind !== "Index") return target.span;
  return target.index.kind === "String" ? target.index.contentSpan : target.index.span;
}
