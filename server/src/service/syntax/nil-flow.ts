import type { Span, StateUse } from "../../language/model.ts";
import type { Variable } from "../../language/scope/variables.ts";
import type {
  Block,
  CallExpression,
  Expression,
  FunctionExpression,
  Statement,
} from "../../language/syntax/ast.ts";
import { neverReturns } from "./endings.ts";
import { presence } from "./presence.ts";
import { isGlobal, type Script, unwrap, variableOf } from "./script.ts";

/** The first use of a loaded value that fails when it is nil. */
export interface NilUse {
  readonly load: StateUse;
  readonly span: Span;
  readonly does: "index" | "call" | "arithmetic" | "length" | "concat" | "iterate";
  /** The call of load stands there itself, without parentheses. */
  readonly direct: boolean;
}

/** Which variables hold what a load gave, not yet known to be there. */
type Facts = Map<Variable, StateUse>;

const ITERATORS = ["pairs", "ipairs", "next"];
const ARITHMETIC = new Set(["+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>"]);
/** Statements such as `validate(x)` are taken to fail when `x` is nil. */
const CHECKING = /assert|check|ensure|expect|guard|require|valid|verify/i;
/** Deepest expression that is looked into. */
const MAX_DEPTH = 400;

/**
 * Follows loaded values along the paths of each function and finds, for each load, the first place
 * that fails on nil and that no test, default or early exit stands before. What it is not sure of
 * (fields, upvalues of other functions, jumps) it lets pass.
 */
export class NilFlow {
  readonly #script: Script;
  readonly #isLoad: (use: StateUse) => boolean;
  readonly #found = new Map<StateUse, NilUse>();
  /** Variables that another function than their own gives values: nothing is claimed of them. */
  readonly #shared = new Set<Variable>();
  #function: FunctionExpression | undefined;
  /** The facts at each `break` of the loops around. */
  #breaks: Facts[] = [];

  constructor(script: Script, isLoad: (use: StateUse) => boolean) {
    this.#script = script;
    this.#isLoad = isLoad;
  }

  run(): readonly NilUse[] {
    this.#block(this.#script.scopes.chunk.body, new Map());
    return [...this.#found.values()];
  }

  /** What is known behind a block; undefined when its end is never reached. */
  #block(block: Block, before: Facts): Facts | undefined {
    let facts: Facts | undefined = before;
    for (const statement of block.statements) {
      // Somebody may jump to a label from anywhere: nothing is known there.
      if (statement.kind === "Label") facts = new Map();
      if (facts !== undefined) facts = this.#statement(statement, facts);
    }
    return facts;
  }

  #statement(statement: Statement, facts: Facts): Facts | undefined {
    switch (statement.kind) {
      case "Local":
        for (const value of statement.values) this.#expression(value, facts);
        statement.names.forEach(({ name }, i) => {
          this.#assign(this.#script.scopes.variables.get(name), statement.values[i], facts);
        });
        return facts;
      case "Assignment":
        for (const target of statement.targets) this.#expression(target, facts);
        for (const value of statement.values) this.#expression(value, facts);
        statement.targets.forEach((target, i) => {
          if (target.kind !== "Identifier") return;
          this.#assign(variableOf(this.#script, target), statement.values[i], facts);
        });
        return facts;
      case "ExpressionStatement":
        return this.#expressionStatement(statement.expression, facts);
      case "Return":
        for (const value of statement.values) this.#expression(value, facts);
        return undefined;
      case "Break":
        this.#breaks.push(new Map(facts));
        return undefined;
      case "Goto":
        return undefined;
      case "Do":
        return this.#block(statement.body, facts);
      case "If":
        return this.#if(statement, facts);
      case "LocalFunction":
        this.#enter(statement.function);
        return facts;
      case "FunctionStatement":
        this.#expression(statement.target, facts);
        this.#enter(statement.function);
        return facts;
      case "While":
      case "Repeat":
      case "NumericFor":
      case "GenericFor":
        return this.#loop(statement, facts);
      default:
        return facts;
    }
  }

  #expressionStatement(expression: Expression, facts: Facts): Facts | undefined {
    this.#expression(expression, facts);
    const call = unwrap(expression);
    if (call.kind !== "Call") return facts;
    if (neverReturns(this.#script, call)) return undefined;
    if (CHECKING.test(lastName(call.callee))) {
      for (const argument of call.args) this.#forget(variableOf(this.#script, argument), facts);
    }
    return facts;
  }

  #if(statement: Statement & { kind: "If" }, facts: Facts): Facts | undefined {
    const ways: (Facts | undefined)[] = [];
    let here = facts;
    for (const { condition, body } of statement.clauses) {
      this.#expression(condition, here);
      ways.push(this.#block(body, this.#known(here, condition, true)));
      here = this.#known(here, condition, false);
    }
    const { otherwise } = statement;
    ways.push(otherwise === undefined ? here : this.#block(otherwise, here));
    return joined(ways);
  }

  #loop(
    statement: Statement & { kind: "While" | "Repeat" | "NumericFor" | "GenericFor" },
    facts: Facts,
  ): Facts | undefined {
    const outerBreaks = this.#breaks;
    this.#breaks = [];
    const ways = this.#waysThrough(statement, facts);
    const after = joined([...ways, ...this.#breaks]);
    this.#breaks = outerBreaks;
    return after;
  }

  #waysThrough(
    statement: Statement & { kind: "While" | "Repeat" | "NumericFor" | "GenericFor" },
    facts: Facts,
  ): (Facts | undefined)[] {
    switch (statement.kind) {
      case "While": {
        const { condition, body } = statement;
        this.#expression(condition, facts);
        const out = this.#block(body, this.#known(facts, condition, true));
        if (unwrap(condition).kind === "True") return [];
        return [facts, out].map((way) => way && this.#known(way, condition, false));
      }
      case "Repeat": {
        const out = this.#block(statement.body, new Map(facts));
        if (out === undefined) return [];
        this.#expression(statement.condition, out);
        return [this.#known(out, statement.condition, true)];
      }
      case "NumericFor":
        for (const value of [statement.from, statement.to, statement.step]) {
          if (value !== undefined) this.#expression(value, facts);
        }
        return [facts, this.#block(statement.body, new Map(facts))];
      default:
        for (const value of statement.values) this.#expression(value, facts);
        return [facts, this.#block(statement.body, new Map(facts))];
    }
  }

  /** Functions are looked at by themselves: when they run, and what was tested then, is not known. */
  #enter(node: FunctionExpression): void {
    const outer = { breaks: this.#breaks, node: this.#function };
    this.#breaks = [];
    this.#function = node;
    this.#block(node.body, new Map());
    this.#breaks = outer.breaks;
    this.#function = outer.node;
  }

  #assign(variable: Variable | undefined, value: Expression | undefined, facts: Facts): void {
    if (variable === undefined) return;
    if (variable.kind !== "global" && variable.owner !== this.#function) this.#shared.add(variable);
    const load = value === undefined ? undefined : this.#loadOf(unwrap(value));
    const sure = variable.kind !== "global" || variable.definitions.length === 1;
    if (load !== undefined && sure) facts.set(variable, load);
    else facts.delete(variable);
  }

  #forget(variable: Variable | undefined, facts: Facts): void {
    if (variable !== undefined) facts.delete(variable);
  }

  /** A copy of the facts, less what a condition shows to be there. */
  #known(facts: Facts, condition: Expression, holds: boolean): Facts {
    const copy = new Map(facts);
    if (copy.size === 0) return copy;
    const { whenTrue, whenFalse } = presence(condition, (expression) => {
      const variable = variableOf(this.#script, expression);
      return variable !== undefined && facts.has(variable) ? variable : undefined;
    });
    for (const variable of holds ? whenTrue : whenFalse) copy.delete(variable);
    return copy;
  }

  #loadOf(expression: Expression): StateUse | undefined {
    const use = expression.kind === "Call" ? this.#script.useOf(expression) : undefined;
    return use !== undefined && this.#isLoad(use) ? use : undefined;
  }

  /** Notes that `operand` is used in a way that fails on nil. */
  #uses(operand: Expression, whole: Expression, does: NilUse["does"], facts: Facts): void {
    const inner = unwrap(operand);
    const variable = variableOf(this.#script, inner);
    const own = this.#loadOf(inner);
    const load = own ?? (variable && !this.#shared.has(variable) ? facts.get(variable) : undefined);
    this.#forget(variable, facts);
    if (load === undefined || this.#found.has(load)) return;
    const direct = own !== undefined && operand.kind !== "Paren";
    this.#found.set(load, { load, span: whole.span, does, direct });
  }

  #expression(expression: Expression, facts: Facts, depth = 0): void {
    if (depth > MAX_DEPTH) return;
    const into = (inner: Expression) => this.#expression(inner, facts, depth + 1);
    switch (expression.kind) {
      case "Paren":
        into(expression.expression);
        break;
      case "Member":
        into(expression.object);
        this.#uses(expression.object, expression, "index", facts);
        break;
      case "Index":
        into(expression.object);
        into(expression.index);
        this.#uses(expression.object, expression, "index", facts);
        break;
      case "Call":
        this.#call(expression, facts, depth);
        break;
      case "Unary":
        into(expression.operand);
        if (expression.operator === "#") {
          this.#uses(expression.operand, expression, "length", facts);
        } else if (expression.operator !== "not") {
          this.#uses(expression.operand, expression, "arithmetic", facts);
        }
        break;
      case "Binary":
        this.#binary(expression, facts, depth);
        break;
      case "Table":
        for (const field of expression.fields) {
          if (field.kind === "Computed") into(field.key);
          into(field.value);
        }
        break;
      case "Function":
        this.#enter(expression);
        break;
      default:
    }
  }

  #call(call: CallExpression, facts: Facts, depth: number): void {
    const { callee, args } = call;
    this.#expression(callee, facts, depth + 1);
    this.#uses(callee, call, "call", facts);
    for (const argument of args) this.#expression(argument, facts, depth + 1);
    const [first] = args;
    if (first === undefined) return;
    if (ITERATORS.some((name) => isGlobal(this.#script, callee, name))) {
      this.#uses(first, call, "iterate", facts);
    } else if (isGlobal(this.#script, callee, "assert")) {
      const known = this.#known(facts, first, true);
      for (const variable of [...facts.keys()]) {
        if (!known.has(variable)) facts.delete(variable);
      }
    }
  }

  #binary(expression: Expression & { kind: "Binary" }, facts: Facts, depth: number): void {
    const { operator, left, right } = expression;
    this.#expression(left, facts, depth + 1);
    if (operator === "and" || operator === "or") {
      this.#expression(right, this.#known(facts, left, operator === "and"), depth + 1);
      return;
    }
    this.#expression(right, facts, depth + 1);
    const does = operator === ".." ? "concat" : ARITHMETIC.has(operator) ? "arithmetic" : undefined;
    if (does === undefined) return;
    for (const operand of [left, right]) this.#uses(operand, expression, does, facts);
  }
}

/** What is unsure on any of the ways that are taken; undefined when none is. */
function joined(ways: readonly (Facts | undefined)[]): Facts | undefined {
  const taken = ways.filter((way) => way !== undefined);
  return taken.length === 0 ? undefined : new Map(taken.flatMap((way) => [...way]));
}

function lastName(callee: Expression): string {
  if (callee.kind === "Identifier") return callee.name;
  return callee.kind === "Member" ? (callee.name?.name ?? "") : "";
}
