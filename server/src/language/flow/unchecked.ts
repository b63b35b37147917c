import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { UncheckedLoad } from "../model.ts";
import type { Scopes, Variable } from "../scope/variables.ts";
import type {
  Block,
  CallExpression,
  Expression,
  FunctionExpression,
  Identifier,
  Statement,
} from "../syntax/ast.ts";
import { expressionsOf } from "../syntax/walk.ts";
import { calledBy } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { Narrowing } from "./narrowing.ts";

/** Variables that may hold nil, each with the load that it came from. */
type Facts = ReadonlyMap<Variable, CallExpression>;

const NOTHING: Facts = new Map();
const ARITHMETIC: ReadonlySet<string> = new Set("+ - * / // % ^ & | ~ << >>".split(" "));
const ITERATORS: ReadonlySet<string> = new Set(["pairs", "ipairs", "next"]);
const NEVER_RETURN: ReadonlySet<string> = new Set(["error", "os.exit"]);

/**
 * The first place where each loaded value is indexed, called, counted with, measured, concatenated
 * or iterated before anything has made sure that it is not nil.
 */
export function findUncheckedLoads(scopes: Scopes, evaluator: Evaluator): UncheckedLoad[] {
  const flow = new NilFlow(scopes, evaluator);
  flow.body(scopes.chunk.body, undefined);
  return flow.found.sort((a, b) => a.span.start - b.span.start);
}

class NilFlow {
  readonly found: UncheckedLoad[] = [];
  readonly #scopes: Scopes;
  readonly #evaluator: Evaluator;
  readonly #narrowing: Narrowing;
  readonly #told = new Set<CallExpression>();
  /** Functions of the script that return a loaded value as it came. */
  readonly #loaders = new Set<FunctionExpression>();
  #function: FunctionExpression | undefined;

  constructor(scopes: Scopes, evaluator: Evaluator) {
    this.#scopes = scopes;
    this.#evaluator = evaluator;
    this.#narrowing = new Narrowing(scopes, evaluator);
  }

  /** A function's body: what it takes from outside is not judged. */
  body(block: Block, node: FunctionExpression | undefined): void {
    const outer = this.#function;
    this.#function = node;
    this.#block(block, NOTHING);
    this.#function = outer;
  }

  /** What holds behind the block; undefined when its end is not reached. */
  #block(block: Block, before: Facts): Facts | undefined {
    let facts: Facts | undefined = before;
    for (const statement of block.statements) {
      // Behind a jump only a label goes on; what is known there is not followed.
      facts = this.#statement(statement, facts ?? NOTHING, facts !== undefined);
    }
    return facts;
  }

  #statement(statement: Statement, facts: Facts, reached: boolean): Facts | undefined {
    switch (statement.kind) {
      case "If":
        return this.#if(statement, facts);
      case "While":
        return this.#while(statement, facts);
      case "Repeat": {
        const after = this.#block(statement.body, facts) ?? NOTHING;
        this.#check(statement.condition, after);
        return this.#narrowed(after, statement.condition, true);
      }
      case "NumericFor":
        this.#checkAll(statement, facts);
        return join(facts, this.#block(statement.body, facts));
      case "GenericFor":
        this.#checkAll(statement, facts);
        if (statement.values[0] !== undefined) this.#tell(statement.values[0], facts, "iteration");
        return join(facts, this.#block(statement.body, facts));
      case "Do":
        return this.#block(statement.body, facts);
      case "Return":
        this.#checkAll(statement, facts);
        this.#returned(statement.values[0], facts);
        return undefined;
      case "Break":
      case "Goto":
        return undefined;
      case "Label":
        return NOTHING;
      default: {
        this.#checkAll(statement, facts);
        const after = this.#assigned(statement, facts);
        return reached ? after : undefined;
      }
    }
  }

  #if({ clauses, otherwise }: Statement & { kind: "If" }, before: Facts): Facts | undefined {
    let facts = before;
    let after: Facts | undefined;
    for (const { condition, body } of clauses) {
      this.#check(condition, facts);
      after = join(after, this.#block(body, this.#narrowed(facts, condition, true)));
      facts = this.#narrowed(facts, condition, false);
    }
    return join(after, otherwise === undefined ? facts : this.#block(otherwise, facts));
  }

  #while({ condition, body }: Statement & { kind: "While" }, before: Facts): Facts | undefined {
    this.#check(condition, before);
    const inside = this.#block(body, this.#narrowed(before, condition, true));
    return this.#narrowed(join(before, inside) ?? NOTHING, condition, false);
  }

  /** What statements that give values, and calls that end or assert, leave behind. */
  #assigned(statement: Statement, facts: Facts): Facts | undefined {
    switch (statement.kind) {
      case "Local":
        return this.#given(
          statement.names.map(({ name }) => name),
          statement.values,
          facts,
        );
      case "Assignment":
        return this.#given(statement.targets, statement.values, facts);
      case "ExpressionStatement": {
        const { expression } = statement;
        if (expression.kind !== "Call") return facts;
        const callee = this.#evaluator.value(expression.callee);
        if (callee.kind !== "global") return facts;
        if (NEVER_RETURN.has(callee.path)) return undefined;
        const [asserted] = expression.args;
        if (callee.path !== "assert" || asserted === undefined) return facts;
        return this.#narrowed(facts, asserted, true);
      }
      default:
        return facts;
    }
  }

  #given(targets: readonly Expression[], values: readonly Expression[], before: Facts): Facts {
    const facts = new Map(before);
    targets.forEach((target, i) => {
      const variable = target.kind === "Identifier" && this.#scopes.variables.get(target);
      if (!variable) return;
      const value = values[i];
      const load = value && this.#load(value, before);
      if (load === undefined) facts.delete(variable);
      else facts.set(variable, load);
    });
    return facts;
  }

  #returned(value: Expression | undefined, facts: Facts): void {
    const loaded = value !== undefined && this.#load(value, facts) !== undefined;
    if (loaded && this.#function !== undefined) this.#loaders.add(this.#function);
  }

  #narrowed(facts: Facts, condition: Expression, holds: boolean): Facts {
    if (facts.size === 0) return facts;
    const safe = this.#narrowing.of(condition, holds);
    if (safe.length === 0) return facts;
    const narrowed = new Map(facts);
    for (const variable of safe) narrowed.delete(variable);
    return narrowed;
  }

  #checkAll(statement: Statement, facts: Facts): void {
    for (const expression of expressionsOf(statement)) this.#check(expression, facts);
  }

  /** Looks through an expression in the order it is run. Chains may be long: an own stack. */
  #check(expression: Expression, before: Facts): void {
    const pending: [Expression, Facts][] = [[expression, before]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [at, facts] = next;
      for (const inner of this.#look(at, facts).reverse()) pending.push(inner);
    }
  }

  /** Tells what the expression does to values that may be nil, and gives what is inside it. */
  #look(at: Expression, facts: Facts): [Expression, Facts][] {
    switch (at.kind) {
      case "Function":
        this.body(at.body, at);
        return [];
      case "Paren":
        return [[at.expression, facts]];
      case "Member":
        if (at.name !== undefined) this.#tell(at.object, facts, "index");
        return [[at.object, facts]];
      case "Index":
        this.#tell(at.object, facts, "index");
        return [
          [at.object, facts],
          [at.index, facts],
        ];
      case "Unary":
        if (at.operator === "#") this.#tell(at.operand, facts, "length");
        else if (at.operator !== "not") this.#tell(at.operand, facts, "arithmetic");
        return [[at.operand, facts]];
      case "Binary":
        return this.#binary(at, facts);
      case "Call":
        this.#call(at, facts);
        return [at.callee, ...at.args].map((inner) => [inner, facts]);
      case "Table":
        return at.fields.flatMap((field): [Expression, Facts][] =>
          field.kind === "Computed"
            ? [
                [field.key, facts],
                [field.value, facts],
              ]
            : [[field.value, facts]],
        );
      default:
        return [];
    }
  }

  #binary(
    { operator, left, right }: Expression & { kind: "Binary" },
    facts: Facts,
  ): [Expression, Facts][] {
    if (operator === "and" || operator === "or") {
      return [
        [left, facts],
        [right, this.#narrowed(facts, left, operator === "and")],
      ];
    }
    const kind =
      operator === ".." ? "concatenation" : ARITHMETIC.has(operator) ? "arithmetic" : undefined;
    if (kind !== undefined) {
      this.#tell(left, facts, kind);
      this.#tell(right, facts, kind);
    }
    return [
      [left, facts],
      [right, facts],
    ];
  }

  #call(call: CallExpression, facts: Facts): void {
    this.#tell(call.callee, facts, "call");
    const callee = this.#evaluator.value(call.callee);
    const [first] = call.args;
    if (callee.kind === "global" && ITERATORS.has(callee.path) && first !== undefined) {
      this.#tell(first, facts, "iteration");
    }
  }

  #tell(expression: Expression, facts: Facts, kind: UncheckedLoad["kind"]): void {
    const load = this.#load(expression, facts);
    if (load === undefined || this.#told.has(load)) return;
    this.#told.add(load);
    this.found.push({
      span: expression.span,
      kind,
      name: expression.kind === "Identifier" ? expression.name : undefined,
      load: load.span,
    });
  }

  /** The load whose result, possibly nil, an expression is. */
  #load(expression: Expression, facts: Facts): CallExpression | undefined {
    if (expression.kind === "Paren") return this.#load(expression.expression, facts);
    if (expression.kind === "Identifier") return this.#ofName(expression, facts);
    if (expression.kind !== "Call") return undefined;
    const { value, skipped } = calledBy(expression, this.#evaluator);
    if (skipped > 0) return undefined;
    if (value.kind === "function") return this.#loaders.has(value.node) ? expression : undefined;
    if (value.kind !== "member") return undefined;
    return STATE_MEMBERS.get(value.name)?.access === "read" ? expression : undefined;
  }

  #ofName(name: Identifier, facts: Facts): CallExpression | undefined {
    const variable = this.#scopes.variables.get(name);
    return variable && facts.get(variable);
  }
}

/** What may be nil on either way; undefined: that way is not gone. */
function join(a: Facts | undefined, b: Facts | undefined): Facts | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  return new Map([...a, ...b]);
}
