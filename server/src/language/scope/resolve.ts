import type {
  Block,
  CallExpression,
  Expression,
  FunctionExpression,
  Identifier,
  LocalStatement,
  MemberExpression,
  Statement,
} from "../syntax/ast.ts";
import { pushChildren } from "../syntax/children.ts";
import type { Part } from "../syntax/part.ts";
import {
  type Bound,
  type FreeName,
  type InnerVariable,
  type Mentions,
  mentionsOf,
  noMentions,
  SharedVariable,
} from "./shared.ts";
import type { Source, Variable } from "./variables.ts";

/** What the names in one part mean, as far as it tells by itself. */
export interface PartNames {
  /** Its locals in the order of their declarations. */
  readonly locals: readonly Variable[];
  /** Those of them that parts behind it can name. */
  readonly shared: readonly SharedVariable[];
  readonly free: ReadonlyMap<string, FreeName>;
  readonly metatables: readonly CallExpression[];
  /** Every `...` in a function, and that function. */
  readonly varargs: ReadonlyMap<Expression, FunctionExpression>;
}

/** What is declared, and what it is given. */
interface Declaration {
  readonly name: Identifier;
  readonly kind: InnerVariable["kind"];
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
  names: Map<string, Bound> | undefined;
}

/**
 * Finds out which variable each name of a part means, by Lua's rules of scope.
 * @param bound takes up what each identifier is tied to
 */
export function resolvePart(part: Part, bound: Map<Identifier, Bound>): PartNames {
  return new Resolver(part, bound).run();
}

class Resolver {
  readonly #part: Part;
  readonly #bound: Map<Identifier, Bound>;
  readonly #locals: Variable[] = [];
  readonly #inner: InnerVariable[] = [];
  readonly #shared: SharedVariable[] = [];
  readonly #free = new Map<string, FreeName>();
  /** What a `self` is the object of: what the name is tied to, and the field in it. */
  readonly #selves = new Map<Bound, { holder: Bound; path: FieldPath }>();
  readonly #metatables: CallExpression[] = [];
  readonly #varargs = new Map<Expression, FunctionExpression>();
  #scope: Scope = { parent: undefined, names: undefined };
  #owner: FunctionExpression | undefined;
  /** One for all: what is looked through within a function lies on top of the rest. */
  readonly #pending: Expression[] = [];
  /** How many branches, loops and functions are around. */
  #conditions = 0;
  /** Whether a local `_ENV` was declared. */
  #environment = false;

  constructor(part: Part, bound: Map<Identifier, Bound>) {
    this.#part = part;
    this.#bound = bound;
  }

  run(): PartNames {
    for (const statement of this.#part.statements) this.#statement(statement);
    for (const variable of this.#inner) sortReferences(variable);
    for (const { own } of this.#shared) sortReferences(own);
    for (const name of this.#free.values()) sortReferences(name);
    return {
      locals: this.#locals,
      shared: this.#shared,
      free: this.#free,
      metatables: this.#metatables,
      varargs: this.#varargs,
    };
  }

  #block(block: Block, prepare?: () => void, inScope?: () => void): void {
    const outer = this.#scope;
    this.#scope = { parent: outer, names: undefined };
    prepare?.();
    for (const statement of block.statements) this.#statement(statement);
    inScope?.();
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
    this.#conditional(() =>
      this.#block(body, () => {
        names.forEach((name, index) => {
          const source: Source | undefined = over && { expression: over, index, kind: "iteration" };
          this.#declare({ name, kind: "loop", source });
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
        value: statement.values[i],
        source: resultsOf(statement.values, i),
        attribute: attribute?.name,
        empty: statement.values.length === 0,
      });
    });
  }

  #declare({ name, kind, value, source, attribute, empty }: Declaration): void {
    const unconditional = this.#conditions === 0;
    const definitions = empty === true ? [] : [{ at: name, value, from: source, unconditional }];
    const outermost = this.#scope.parent === undefined;
    const variable = outermost
      ? new SharedVariable(name.name, name, attribute)
      : this.#inside({ name: name.name, kind, declaration: name, attribute, owner: this.#owner });
    mentionsOf(variable).definitions.push(...definitions);
    if (variable instanceof SharedVariable) this.#shared.push(variable);
    this.#bound.set(name, variable);
    this.#locals.push(variable);
    this.#name(name.name, variable);
    this.#environment ||= name.name === "_ENV";
  }

  #inside(variable: Omit<InnerVariable, keyof Mentions>): InnerVariable {
    const inner = { ...variable, ...noMentions() };
    this.#inner.push(inner);
    return inner;
  }

  #name(name: string, variable: Bound): void {
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
          this.#declare({ name, kind: "parameter" });
        }
      }),
    );
    this.#owner = owner;
  }

  /** `self` is what stands before the colon. */
  #declareSelf(node: FunctionExpression, target: MemberExpression): void {
    const { name, object } = target;
    const variable = this.#inside({
      name: "self",
      kind: "self",
      declaration: undefined,
      attribute: undefined,
      owner: node,
    });
    if (name !== undefined) {
      variable.definitions.push({ at: name, value: object, from: undefined, unconditional: true });
    }
    this.#name("self", variable);
    const base = fieldPath(object);
    const holder = base && this.#bound.get(base.root);
    if (holder !== undefined) this.#selves.set(variable, { holder, path: base?.path ?? [] });
    this.#locals.push(variable);
  }

  #assign(target: Expression, value: Expression | undefined, from?: Source): void {
    if (target.kind === "Identifier") {
      const variable = this.#reference(target, true);
      const unconditional = this.#conditions === 0;
      mentionsOf(variable).definitions.push({ at: target, value, from, unconditional });
      return;
    }
    this.#expression(target);
    const base = fieldPath(target);
    if (base === undefined) return;
    const variable = this.#bound.get(base.root);
    if (variable === undefined) return;
    mentionsOf(variable).fields.push({ path: base.path, target, value });
    const self = this.#selves.get(variable);
    if (self === undefined) return;
    const path = [...self.path, ...base.path];
    mentionsOf(self.holder).fields.push({ path, target, value });
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
      else if (next.kind === "Vararg") {
        if (this.#owner !== undefined) this.#varargs.set(next, this.#owner);
      } else {
        if (next.kind === "Call" && isSetMetatable(next)) this.#metatables.push(next);
        pushChildren(next, pending);
      }
    }
  }

  #reference(at: Identifier, write: boolean): Bound {
    const variable = this.#lookup(at.name) ?? this.#freeName(at);
    this.#bound.set(at, variable);
    mentionsOf(variable).references.push({ at, write });
    return variable;
  }

  #lookup(name: string): Bound | undefined {
    for (let scope: Scope | undefined = this.#scope; scope !== undefined; scope = scope.parent) {
      const variable = scope.names?.get(name);
      if (variable !== undefined) return variable;
    }
    return undefined;
  }

  #freeName(at: Identifier): FreeName {
    const known = this.#free.get(at.name);
    const name: FreeName = known ?? {
      kind: "free",
      name: at.name,
      part: this.#part,
      inEnvironment: [],
      variable: undefined,
      ...noMentions(),
    };
    if (known === undefined) this.#free.set(at.name, name);
    if (this.#environment && this.#lookup("_ENV") !== undefined) name.inEnvironment.push(at);
    return name;
  }
}

/** For a target beyond the values: which result of the last of them it gets. */
function resultsOf(values: readonly Expression[], i: number): Source | undefined {
  const last = values.at(-1);
  if ((last?.kind !== "Call" && last?.kind !== "Vararg") || i < values.length) return undefined;
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

function sortReferences({ references }: Mentions): void {
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
