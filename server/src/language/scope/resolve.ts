import type {
  Block,
  CallExpression,
  Chunk,
  Expression,
  FunctionExpression,
  Identifier,
  LocalStatement,
  MemberExpression,
  Statement,
} from "../syntax/ast.ts";
import { pushChildren } from "../syntax/children.ts";
import type {
  Definition,
  FieldDefinition,
  Reference,
  Scopes,
  Source,
  Variable,
} from "./variables.ts";

interface MutableVariable extends Variable {
  readonly scope: { start: number; end: number };
  readonly definitions: Definition[];
  readonly fields: FieldDefinition[];
  readonly references: Reference[];
}

/** What is declared, from which offset, and what it is given. */
interface Declaration {
  readonly name: Identifier;
  readonly kind: Variable["kind"];
  readonly from: number;
  readonly value?: Expression | undefined;
  readonly source?: Source | undefined;
  readonly attribute?: string | undefined;
  /** It is given nothing yet. */
  readonly empty?: boolean;
}

type FieldPath = readonly (string | undefined)[];

interface Scope {
  readonly parent: Scope | undefined;
  /** undefined: most blocks declare nothing. */
  names: Map<string, MutableVariable> | undefined;
}

/** Finds out which variable each name of a chunk means, by Lua's rules of scope. */
export function resolveScopes(chunk: Chunk): Scopes {
  return new Resolver(chunk).run();
}

class Resolver {
  readonly #chunk: Chunk;
  readonly #variables = new Map<Identifier, MutableVariable>();
  readonly #locals: MutableVariable[] = [];
  readonly #globals = new Map<string, MutableVariable>();
  /** The variable (and the field in it) whose object a `self` is. */
  readonly #selves = new Map<MutableVariable, { holder: MutableVariable; path: FieldPath }>();
  readonly #foreign = new Set<Identifier>();
  readonly #metatables: CallExpression[] = [];
  #scope: Scope = { parent: undefined, names: undefined };
  #owner: FunctionExpression | undefined;
  /** One for all: what is looked through within a function lies on top of the rest. */
  readonly #pending: Expression[] = [];
  /** How many branches, loops and functions are around. */
  #conditions = 0;

  constructor(chunk: Chunk) {
    this.#chunk = chunk;
  }

  run(): Scopes {
    this.#block(this.#chunk.body);
    for (const variable of this.#locals) sortReferences(variable);
    for (const variable of this.#globals.values()) sortReferences(variable);
    return {
      chunk: this.#chunk,
      variables: this.#variables,
      locals: this.#locals,
      globals: this.#globals,
      foreign: this.#foreign,
      metatables: this.#metatables,
    };
  }

  #block(block: Block, prepare?: () => void, inScope?: () => void): void {
    const outer = this.#scope;
    this.#scope = { parent: outer, names: undefined };
    const first = this.#locals.length;
    prepare?.();
    for (const statement of block.statements) this.#statement(statement);
    inScope?.();
    for (let i = first; i < this.#locals.length; i += 1) {
      const scope = this.#locals[i]?.scope;
      if (scope !== undefined) scope.end = Math.min(scope.end, block.span.end);
    }
    this.#scope = outer;
  }

  #conditional(work: () => void): void {
    this.#conditions += 1;
    work();
    this.#conditions -= 1;
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "Local":
        this.#local(statement);
        break;
      case "LocalFunction":
        this.#declare({
          name: statement.name,
          kind: "local",
          from: statement.name.span.end,
          value: statement.function,
        });
        this.#function(statement.function);
        break;
      case "FunctionStatement":
        this.#assign(statement.target, statement.function);
        this.#function(statement.function, statement.target);
        break;
      case "Assignment":
        for (const value of statement.values) this.#expression(value);
        statement.targets.forEach((target, i) => {
          this.#assign(target, statement.values[i], resultsOf(statement.values, i));
        });
        break;
      case "ExpressionStatement":
        this.#expression(statement.expression);
        break;
      case "Return":
        for (const value of statement.values) this.#expression(value);
        break;
      case "Do":
        this.#block(statement.body);
        break;
      case "While":
        this.#expression(statement.condition);
        this.#conditional(() => this.#block(statement.body));
        break;
      case "Repeat":
        this.#block(statement.body, undefined, () => this.#expression(statement.condition));
        break;
      case "If":
        for (const clause of statement.clauses) {
          this.#expression(clause.condition);
          this.#conditional(() => this.#block(clause.body));
        }
        if (statement.otherwise !== undefined) {
          const { otherwise } = statement;
          this.#conditional(() => this.#block(otherwise));
        }
        break;
      case "NumericFor":
        this.#expression(statement.from);
        this.#expression(statement.to);
        if (statement.step !== undefined) this.#expression(statement.step);
        this.#loop(statement.body, [statement.variable], undefined);
        break;
      case "GenericFor":
        for (const value of statement.values) this.#expression(value);
        this.#loop(statement.body, statement.names, statement.values[0]);
        break;
      default:
    }
  }

  #loop(body: Block, names: readonly Identifier[], over: Expression | undefined): void {
    const from = body.span.start;
    this.#conditional(() =>
      this.#block(body, () => {
        names.forEach((name, index) => {
          const source: Source | undefined = over && { expression: over, index, kind: "iteration" };
          this.#declare({ name, kind: "loop", from, source });
        });
      }),
    );
  }

  #local(statement: LocalStatement): void {
    for (const value of statement.values) this.#expression(value);
    statement.names.forEach(({ name, attribute }, i) => {
      this.#declare({
        name,
        kind: "local",
        from: statement.span.end,
        value: statement.values[i],
        source: resultsOf(statement.values, i),
        attribute: attribute?.name,
        empty: statement.values.length === 0,
      });
    });
  }

  #declare({ name, kind, from, value, source, attribute, empty }: Declaration): void {
    const unconditional = this.#conditions === 0;
    const definitions = empty === true ? [] : [{ at: name, value, from: source, unconditional }];
    const variable: MutableVariable = {
      name: name.name,
      kind,
      declaration: name,
      attribute,
      scope: { start: from, end: Number.POSITIVE_INFINITY },
      owner: this.#owner,
      definitions,
      fields: [],
      references: [],
    };
    this.#variables.set(name, variable);
    this.#locals.push(variable);
    this.#name(name.name, variable);
  }

  #name(name: string, variable: MutableVariable): void {
    this.#scope.names ??= new Map();
    this.#scope.names.set(name, variable);
  }

  /** `target`: what `function a:b()` is assigned to. */
  #function(node: FunctionExpression, target?: Expression): void {
    const owner = this.#owner;
    this.#owner = node;
    this.#conditional(() =>
      this.#block(node.body, () => {
        if (node.method && target?.kind === "Member") this.#declareSelf(node, target);
        for (const name of node.parameters) {
          this.#declare({ name, kind: "parameter", from: node.body.span.start });
        }
      }),
    );
    this.#owner = owner;
  }

  /** `self` is what stands before the colon. */
  #declareSelf(node: FunctionExpression, target: MemberExpression): void {
    const { name, object } = target;
    const variable: MutableVariable = {
      name: "self",
      kind: "self",
      declaration: undefined,
      attribute: undefined,
      scope: { start: node.body.span.start, end: node.body.span.end },
      owner: node,
      definitions:
        name === undefined
          ? []
          : [{ at: name, value: object, from: undefined, unconditional: true }],
      fields: [],
      references: [],
    };
    this.#name("self", variable);
    const base = fieldPath(object);
    const holder = base && this.#variables.get(base.root);
    if (holder !== undefined) this.#selves.set(variable, { holder, path: base?.path ?? [] });
    this.#locals.push(variable);
  }

  #assign(target: Expression, value: Expression | undefined, from?: Source): void {
    if (target.kind === "Identifier") {
      const variable = this.#reference(target, true);
      const unconditional = this.#conditions === 0;
      variable.definitions.push({ at: target, value, from, unconditional });
      return;
    }
    this.#expression(target);
    const base = fieldPath(target);
    if (base === undefined) return;
    const variable = this.#variables.get(base.root);
    variable?.fields.push({ path: base.path, target, value });
    const self = variable === undefined ? undefined : this.#selves.get(variable);
    self?.holder.fields.push({ path: [...self.path, ...base.path], target, value });
  }

  /** Resolves all names in an expression. Keeps its own stack: chains may be thousands long. */
  #expression(expression: Expression): void {
    if (expression.kind === "Identifier") {
      this.#reference(expression, false);
      return;
    }
    if (expression.kind === "Function") {
      this.#function(expression);
      return;
    }
    const pending = this.#pending;
    const outer = pending.length;
    pending.push(expression);
    while (pending.length > outer) {
      const next = pending.pop();
      if (next === undefined) break;

      if (next.kind === "Identifier") this.#reference(next, false);
      else if (next.kind === "Function") this.#function(next);
      else {
        if (next.kind === "Call" && isSetMetatable(next)) this.#metatables.push(next);
        pushChildren(next, pending);
      }
    }
  }

  #reference(at: Identifier, write: boolean): MutableVariable {
    const variable = this.#lookup(at.name) ?? this.#global(at);
    this.#variables.set(at, variable);
    variable.references.push({ at, write });
    return variable;
  }

  #lookup(name: string): MutableVariable | undefined {
    for (let scope: Scope | undefined = this.#scope; scope !== undefined; scope = scope.parent) {
      const variable = scope.names?.get(name);
      if (variable !== undefined) return variable;
    }
    return undefined;
  }

  #global(at: Identifier): MutableVariable {
    if (this.#lookup("_ENV") !== undefined) this.#foreign.add(at);
    const known = this.#globals.get(at.name);
    if (known !== undefined) return known;
    const variable: MutableVariable = {
      name: at.name,
      kind: "global",
      declaration: undefined,
      attribute: undefined,
      scope: { start: 0, end: Number.POSITIVE_INFINITY },
      owner: undefined,
      definitions: [],
      fields: [],
      references: [],
    };
    this.#globals.set(at.name, variable);
    return variable;
  }
}

/** For a target beyond the values: which result of the last of them it gets. */
function resultsOf(values: readonly Expression[], i: number): Source | undefined {
  const last = values.at(-1);
  if (last?.kind !== "Call" || i < values.length) return undefined;
  return { expression: last, index: i - values.length + 1, kind: "results" };
}

/** The variable and the fields that `a.b["c"]` names; undefined when it starts with no variable. */
function fieldPath(
  target: Expression,
): { root: Identifier; path: (string | undefined)[] } | undefined {
  const path: (string | undefined)[] = [];
  let at = target;
  while (at.kind === "Member" || at.kind === "Index") {
    if (at.kind === "Member") path.push(at.name?.name);
    else path.push(at.index.kind === "String" ? at.index.value : undefined);
    at = at.object;
  }
  return at.kind === "Identifier" ? { root: at, path: path.reverse() } : undefined;
}

function isSetMetatable({ callee }: CallExpression): boolean {
  return callee.kind === "Identifier" && callee.name === "setmetatable";
}

function sortReferences(variable: MutableVariable): void {
  const { references } = variable;
  let last = -1;
  // Nearly all are in order, and sorting makes a copy.
  for (const { at } of references) {
    if (at.span.start < last) {
      references.sort((a, b) => a.at.span.start - b.at.span.start);
      return;
    }
    last = at.span.start;
  }
}
