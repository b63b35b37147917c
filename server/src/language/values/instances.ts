import type { Scopes, Variable } from "../scope/variables.ts";
import type { CallExpression, Expression, FunctionExpression } from "../syntax/ast.ts";
import type { Progress } from "./progress.ts";
import type { TableValue, Value } from "./value.ts";

/** What is asked of the evaluator, which asks this in turn. */
interface Values {
  readonly value: (expression: Expression) => Value;
  readonly classOf: (metatable: Expression) => TableValue | undefined;
}

/** Places where objects of one class are made that are told apart. */
const MAX_INSTANCES = 64;

/** Knows which tables a script makes objects of which classes. */
export class Instances {
  readonly #scopes: Scopes;
  #ofClasses: ReadonlyMap<object, readonly TableValue[]> | undefined;
  #metatables: ReadonlyMap<Variable, Expression> | undefined;
  #selves: ReadonlyMap<FunctionExpression, Variable> | undefined;

  readonly #progress: Progress;
  #finding = false;

  constructor(scopes: Scopes, progress: Progress) {
    this.#scopes = scopes;
    this.#progress = progress;
  }

  /** `Class` where `setmetatable(object, Class)` stands somewhere. */
  metatableOf(variable: Variable): Expression | undefined {
    this.#metatables ??= new Map(
      this.#scopes.metatables.flatMap(({ args: [object, metatable] }) => {
        const known = object?.kind === "Identifier" && this.#scopes.variables.get(object);
        return known && metatable !== undefined ? [[known, metatable] as const] : [];
      }),
    );
    return this.#metatables.get(variable);
  }

  /** The `self` of a method. */
  selfOf(node: FunctionExpression): Variable | undefined {
    this.#selves ??= new Map(
      this.#scopes.locals.flatMap((variable) =>
        variable.kind === "self" && variable.owner !== undefined
          ? [[variable.owner, variable] as const]
          : [],
      ),
    );
    return this.#selves.get(node);
  }

  /** The tables that are objects of a class. */
  of({ node }: TableValue, values: Values): readonly TableValue[] {
    if (this.#scopes.metatables.length === 0) return [];
    if (this.#ofClasses === undefined) {
      this.#ofClasses = new Map();
      this.#finding = true;
      this.#ofClasses = this.#find(values);
      this.#finding = false;
    }
    if (this.#finding) this.#progress.gaveUp();
    return this.#ofClasses.get(node) ?? [];
  }

  #find(values: Values): Map<object, TableValue[]> {
    const holders = new Map<Expression, Variable>();
    for (const variable of this.#scopes.locals) {
      const [only, ...others] = variable.definitions;
      if (only?.value !== undefined && others.length === 0) holders.set(only.value, variable);
    }
    const found = new Map<object, TableValue[]>();
    for (const call of this.#scopes.metatables) {
      const [, metatable] = call.args;
      const owner = metatable && values.classOf(metatable);
      const object = owner && objectOf(call, values);
      if (object === undefined) continue;
      const holder = object.holder ?? holders.get(call);
      const known = found.get(owner?.node ?? call) ?? [];
      if (known.length < MAX_INSTANCES) known.push({ ...object, holder });
      found.set(owner?.node ?? call, known);
    }
    return found;
  }
}

function objectOf({ args: [object] }: CallExpression, values: Values): TableValue | undefined {
  const value = object && values.value(object);
  return value?.kind === "table" ? value : undefined;
}
