import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { UncheckedLoad } from "../model.ts";
import type { Scopes, Variable } from "../scope/variables.ts";
import type {
  Block,
  CallExpression,
  Expression,
  FunctionExpression,
  Statement,
} from "../syntax/ast.ts";
import { expressionsOf, visitExpressions } from "../syntax/walk.ts";
import { type Called, calledBy } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { soleHole } from "../values/template.ts";
import type { Value } from "../values/value.ts";
import { Facts } from "./facts.ts";
import { type Held, HeldPlaces } from "./held.ts";
import { Narrowing } from "./narrowing.ts";

const ARITHMETIC: ReadonlySet<string> = new Set("+ - * / // % ^ & | ~ << >>".split(" "));
const ITERATORS: ReadonlySet<string> = new Set(["pairs", "ipairs", "next"]);
const NEVER_RETURN: ReadonlySet<string> = new Set(["error", "os.exit"]);
/** Globals that give no field of a script's own another value. */
const HARMLESS =
  /^(?:assert|error|ipairs|next|pairs|print|select|tonumber|tostring|type|(?:string|math|os|io|utf8|table)\..*)$/;
/** Statements such as `validate(p)` are taken to raise an error when `p` is nil. */
const CHECKING = /assert|check|ensure|expect|guard|require|valid|verify/i;

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
  readonly #evaluator: Evaluator;
  readonly #narrowing: Narrowing;
  readonly #places: HeldPlaces;
  readonly #told = new Set<CallExpression>();
  /** Functions of the script that return a loaded value as it came. */
  readonly #loaders = new Set<FunctionExpression>();
  /** Functions that return what a parameter of theirs gives when it is called: `return f(...)`. */
  readonly #callers = new Map<FunctionExpression, Variable>();
  /** Calls of a parameter, which may load. */
  readonly #ofGiven = new Map<CallExpression, Variable>();
  /** Functions of the script that always end in an error. */
  readonly #endings = new Set<FunctionExpression>();
  /** Variables that another function than their own gives values: nothing is claimed of them. */
  readonly #shared = new Set<Variable>();
  #function: FunctionExpression | undefined;
  /** Whether the function returns anywhere. */
  #returns = false;
  /** What holds at each `break` of the loop around. */
  #breaks: Facts[] = [];

  constructor(scopes: Scopes, evaluator: Evaluator) {
    this.#evaluator = evaluator;
    this.#places = new HeldPlaces(scopes);
    this.#narrowing = new Narrowing(scopes, evaluator, this.#places);
  }

  /** A function's body: what it takes from outside is not judged. */
  body(block: Block, node: FunctionExpression | undefined): void {
    const outer = { node: this.#function, returns: this.#returns, breaks: this.#breaks };
    this.#function = node;
    this.#returns = false;
    this.#breaks = [];
    const end = this.#block(block, Facts.NOTHING);
    if (node !== undefined && end === undefined && !this.#returns) this.#endings.add(node);
    this.#function = outer.node;
    this.#returns = outer.returns;
    this.#breaks = outer.breaks;
  }

  /** What holds behind the block; undefined when its end is not reached. */
  #block(block: Block, before: Facts): Facts | undefined {
    let facts: Facts | undefined = before;
    for (const statement of block.statements) {
      // Behind a jump only a label goes on; what is known there is not followed.
      facts = this.#statement(statement, facts ?? Facts.NOTHING, facts !== undefined);
    }
    return facts;
  }

  #statement(statement: Statement, facts: Facts, reached: boolean): Facts | undefined {
    switch (statement.kind) {
      case "If":
        return this.#if(statement, facts);
      case "While":
        return this.#loop(() => this.#while(statement, facts));
      case "Repeat":
        return this.#loop(() => {
          const after = this.#block(statement.body, facts) ?? Facts.NOTHING;
          this.#check(statement.condition, after);
          return this.#narrowed(after, statement.condition, true);
        });
      case "NumericFor":
        this.#checkAll(statement, facts);
        for (const bound of expressionsOf(statement)) this.#tell(bound, facts, "arithmetic");
        return this.#loop(() => join(facts, this.#block(statement.body, facts)));
      case "GenericFor":
        this.#checkAll(statement, facts);
        if (statement.values[0] !== undefined) this.#tell(statement.values[0], facts, "iteration");
        return this.#loop(() => {
          const settled = this.#settled(facts, statement.values);
          return join(settled, this.#block(statement.body, settled));
        });
      case "Do":
        return this.#block(statement.body, facts);
      case "Return":
        this.#checkAll(statement, facts);
        this.#returned(statement.values[0], facts);
        return undefined;
      case "Break":
        this.#breaks.push(facts);
        return undefined;
      case "Goto":
        return undefined;
      case "Label":
        return Facts.NOTHING;
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
      facts = this.#settled(facts, [condition]);
      after = join(after, this.#block(body, this.#narrowed(facts, condition, true)));
      facts = this.#narrowed(facts, condition, false);
    }
    return join(after, otherwise === undefined ? facts : this.#block(otherwise, facts));
  }

  /** What holds behind a loop: at its own end or at a `break`. */
  #loop(through: () => Facts | undefined): Facts | undefined {
    const outer = this.#breaks;
    this.#breaks = [];
    const end = through();
    const after = this.#breaks.reduce<Facts | undefined>(join, end);
    this.#breaks = outer;
    return after;
  }

  #while({ condition, body }: Statement & { kind: "While" }, before: Facts): Facts | undefined {
    this.#check(condition, before);
    const settled = this.#settled(before, [condition]);
    const inside = this.#block(body, this.#narrowed(settled, condition, true));
    // `while true` is left by `break` only.
    if (condition.kind === "True") return undefined;
    return this.#narrowed(join(settled, inside) ?? Facts.NOTHING, condition, false);
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
        if (callee.kind === "function" && this.#endings.has(callee.node)) return undefined;
        const checks = CHECKING.test(nameOf(expression.callee));
        const left = this.#settled(facts, [expression]);
        const after = checks ? this.#without(left, expression.args) : left;
        if (callee.kind !== "global") return after;
        if (NEVER_RETURN.has(callee.path)) return undefined;
        const [asserted] = expression.args;
        if (callee.path !== "assert" || asserted === undefined) return after;
        return this.#narrowed(after, asserted, true);
      }
      default:
        return facts;
    }
  }

  #given(targets: readonly Expression[], values: readonly Expression[], before: Facts): Facts {
    let facts = this.#settled(before, values);
    targets.forEach((target, i) => {
      const place = this.#places.of(target);
      if (place === undefined) {
        facts = facts.withoutFields();
        return;
      }
      const { root, path } = place;
      facts = this.#withoutStale(facts, place);
      if (path.length === 0 && root.kind !== "global" && root.owner !== this.#function) {
        this.#shared.add(root);
      }
      const value = values[i];
      const load = value === undefined ? this.#tried(values, i) : this.#load(value, before);
      facts = facts.with(place, load);
    });
    return facts;
  }

  /** Without what the place's being given another value makes doubtful. */
  #withoutStale(facts: Facts, { root, path }: Held): Facts {
    if (!facts.hasFields) return facts;
    const name = path.at(-1);
    if (name === undefined) {
      return facts.withoutFieldsThat((field) => field.root === root, this.#places.fieldsOf(root));
    }
    // All fields of that name may be the same one.
    const isNamed = (field: Held) => field.path.includes(name);
    return facts.withoutFieldsThat(isNamed, this.#places.fieldsNamed(name));
  }

  /** The load whose result is the second one of `pcall(State.load, ...)`. */
  #tried(values: readonly Expression[], index: number): CallExpression | undefined {
    const call = values[index - 1];
    if (call?.kind !== "Call" || index !== values.length) return undefined;
    const called = calledBy(call, this.#evaluator);
    return called.skipped > 0 && this.#isLoad(call, called) ? call : undefined;
  }

  #returned(value: Expression | undefined, facts: Facts): void {
    this.#returns = true;
    const load = value && this.#load(value, facts);
    if (load === undefined || this.#function === undefined) return;
    const given = this.#ofGiven.get(load);
    if (given === undefined) this.#loaders.add(this.#function);
    else this.#callers.set(this.#function, given);
  }

  #narrowed(facts: Facts, condition: Expression, holds: boolean): Facts {
    return facts.isEmpty ? facts : facts.without(this.#narrowing.of(condition, holds));
  }

  #without(facts: Facts, names: readonly Expression[]): Facts {
    if (facts.isEmpty) return facts;
    return facts.without(names.flatMap((name) => this.#places.of(name) ?? []));
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
    if (load === undefined || this.#told.has(load) || this.#ofGiven.has(load)) return;
    this.#told.add(load);
    this.found.push({
      span: expression.span,
      kind,
      name: expression.kind === "Identifier" ? expression.name : undefined,
      load: load.span,
      tried: calledBy(load, this.#evaluator).skipped > 0,
    });
  }

  /** The load whose result, possibly nil, an expression is. */
  #load(expression: Expression, facts: Facts): CallExpression | undefined {
    if (expression.kind === "Paren") return this.#load(expression.expression, facts);
    if (expression.kind !== "Call" && !facts.isEmpty) return this.#ofPlace(expression, facts);
    if (expression.kind !== "Call") return undefined;
    const called = calledBy(expression, this.#evaluator);
    return called.skipped === 0 && this.#isLoad(expression, called) ? expression : undefined;
  }

  /** Whether a call gives a loaded value as it came, or what a parameter gives, which may be one. */
  #isLoad(call: CallExpression, { value, skipped }: Called): boolean {
    const given = value.kind === "text" ? this.#ownParameter(value) : undefined;
    if (given !== undefined) this.#ofGiven.set(call, given);
    if (given !== undefined || this.#givesLoaded(value)) return true;
    const caller = value.kind === "function" ? this.#callers.get(value.node) : undefined;
    if (caller?.declaration === undefined || value.kind !== "function") return false;
    const { node } = value;
    const place = node.parameters.indexOf(caller.declaration);
    const passed = this.#evaluator.results.givenBy(call, node.method, -skipped).parameter(place);
    const passedOn = passed?.kind === "text" ? this.#ownParameter(passed) : undefined;
    if (passedOn !== undefined) this.#ofGiven.set(call, passedOn);
    return passedOn !== undefined || (passed !== undefined && this.#givesLoaded(passed));
  }

  /** Whether a function gives a loaded value as it came. */
  #givesLoaded(called: Value): boolean {
    if (called.kind === "function") return this.#loaders.has(called.node);
    return called.kind === "member" && STATE_MEMBERS.get(called.name)?.access === "read";
  }

  /** The parameter of the function around that a value is. */
  #ownParameter(value: Value & { kind: "text" }): Variable | undefined {
    const { variable, path } = soleHole(value.template) ?? {};
    const isOwn = variable?.kind === "parameter" && variable.owner === this.#function;
    return isOwn && path?.length === 0 && variable.declaration !== undefined ? variable : undefined;
  }

  #ofPlace(expression: Expression, facts: Facts): CallExpression | undefined {
    const place = this.#places.of(expression);
    if (place === undefined || this.#shared.has(place.root)) return undefined;
    return facts.loadIn(place);
  }

  /** What holds behind calls: one that is not known may have given fields other values. */
  #settled(facts: Facts, run: readonly Expression[]): Facts {
    if (!facts.hasFields) return facts;
    let changed = false;
    for (const expression of run) {
      visitExpressions(expression, (inner) => {
        if (inner.kind === "Call" && !this.#leavesFields(inner)) changed = true;
      });
    }
    return changed ? facts.withoutFields() : facts;
  }

  #leavesFields(call: CallExpression): boolean {
    const { value } = calledBy(call, this.#evaluator);
    if (value.kind === "member") return true;
    return value.kind === "global" && HARMLESS.test(value.path);
  }
}

/** The last name of what is called: `check` of `M.check(...)`. */
function nameOf(callee: Expression): string {
  if (callee.kind === "Identifier") return callee.name;
  return callee.kind === "Member" ? (callee.name?.name ?? "") : "";
}

/** What may be nil on either way; undefined: that way is not gone. */
function join(a: Facts | undefined, b: Facts | undefined): Facts | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a.or(b);
}
