import { STATE_MEMBERS } from "../../../shared/src/api.ts";
import { memberSpan } from "./member-span.ts";
import type { Argument, FoundUses, StateUse } from "./model.ts";
import type {
  Block,
  CallExpression,
  Expression,
  IndexExpression,
  MemberExpression,
  Statement,
} from "./syntax/ast.ts";
import { argumentsOf, type Called, calledBy } from "./values/called.ts";
import type { Evaluator } from "./values/evaluate.ts";
import { ANYTHING, knownText, type Template } from "./values/template.ts";
import { variantsOf } from "./variants.ts";
import { applyWrapper, writtenArguments } from "./wrappers/apply.ts";
import { type FunctionEffects, givenCallee } from "./wrappers/effects.ts";

type Context = "value" | "test" | "write";

/**
 * Finds every place where statements of a script name a function of State, by themselves or through
 * wrappers.
 */
export function findUses(
  statements: readonly Statement[],
  evaluator: Evaluator,
  effects: FunctionEffects,
): FoundUses {
  const finder = new UseFinder(evaluator, effects);
  finder.statements(statements);
  const inOrder = (a: StateUse, b: StateUse) => a.memberSpan.start - b.memberSpan.start;
  const required = finder.required.sort((a, b) => a.at - b.at).map(({ name }) => name);
  return {
    uses: finder.uses.sort(inOrder),
    wrapperUses: finder.wrapperUses.sort(inOrder),
    requires: [...new Set(required)],
  };
}

class UseFinder {
  readonly uses: StateUse[] = [];
  readonly wrapperUses: StateUse[] = [];
  readonly required: { readonly name: string; readonly at: number }[] = [];
  readonly #evaluator: Evaluator;
  readonly #effects: FunctionEffects;
  /** One for all: what is looked through within a function's body lies on top of the rest. */
  readonly #pending = new Pending();

  constructor(evaluator: Evaluator, effects: FunctionEffects) {
    this.#evaluator = evaluator;
    this.#effects = effects;
  }

  block(block: Block): void {
    this.statements(block.statements);
  }

  statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "Local":
      case "Return":
        this.#values(statement.values);
        break;
      case "Assignment":
        for (const target of statement.targets) this.#expression(target, "write");
        this.#values(statement.values);
        break;
      case "ExpressionStatement":
        this.#expression(statement.expression, "value");
        break;
      case "FunctionStatement":
        this.#expression(statement.target, "write");
        this.block(statement.function.body);
        break;
      case "LocalFunction":
        this.block(statement.function.body);
        break;
      case "Do":
        this.block(statement.body);
        break;
      case "While":
      case "Repeat":
        this.#expression(statement.condition, "test");
        this.block(statement.body);
        break;
      case "If":
        for (const clause of statement.clauses) {
          this.#expression(clause.condition, "test");
          this.block(clause.body);
        }
        if (statement.otherwise !== undefined) this.block(statement.otherwise);
        break;
      case "NumericFor":
        this.#values([statement.from, statement.to]);
        if (statement.step !== undefined) this.#expression(statement.step, "value");
        this.block(statement.body);
        break;
      case "GenericFor":
        this.#values(statement.values);
        this.block(statement.body);
        break;
      default:
    }
  }

  #values(values: readonly Expression[]): void {
    for (const value of values) this.#expression(value, "value");
  }

  /** Looks through an expression with its own stack: chains may be thousands long. */
  #expression(expression: Expression, context: Context): void {
    if (!isWorthLooking(expression)) return;
    const pending = this.#pending;
    const outer = pending.size;
    pending.push(expression, context);
    while (pending.size > outer) {
      const next = pending.pop();
      if (next !== undefined) this.#look(next, pending.context, pending);
    }
  }

  /** Tells the use that an expression is, and what to look through next. */
  #look(expression: Expression, context: Context, pending: Pending): void {
    switch (expression.kind) {
      case "Call":
        this.#call(expression, pending);
        break;
      case "Member":
      case "Index":
        this.#member(expression, context, pending);
        break;
      case "Function":
        this.block(expression.body);
        break;
      case "Paren":
        pending.push(expression.expression, context);
        break;
      case "Unary":
        pending.push(expression.operand, expression.operator === "not" ? "test" : "value");
        break;
      case "Binary":
        pushOperands(expression, context, pending);
        break;
      case "Table":
        for (const field of expression.fields) {
          if (field.kind === "Computed") pending.push(field.key, "value");
          pending.push(field.value, "value");
        }
        break;
      default:
    }
  }

  #member(
    expression: MemberExpression | IndexExpression,
    context: Context,
    pending: Pending,
  ): void {
    const value = this.#evaluator.value(expression);
    const onState = this.#evaluator.value(expression.object).kind === "state";
    const use = value.kind === "member" && onState;
    pending.push(expression.object, "value");
    if (expression.kind === "Index") pending.push(expression.index, "value");
    if (!use) return;
    const kind = context === "value" ? "mention" : context;
    this.uses.push({
      member: value.name,
      memberSpan: memberSpan(expression),
      span: expression.span,
      kind,
      method: expression.kind === "Member" && expression.method,
      via: this.#evaluator.isGlobalState(expression.object) ? "direct" : "alias",
      args: [],
      argsSpan: undefined,
      commas: [],
      wrapper: undefined,
    });
  }

  #call(call: CallExpression, pending: Pending): void {
    const called = calledBy(call, this.#evaluator);
    const { callee, value, skipped } = called;
    const isState = value.kind === "member";
    if (!isState && skipped === 0) pending.push(callee, "value");
    const context = value.kind === "global" && value.path === "type" ? "test" : "value";
    call.args.forEach((argument, i) => {
      if (!isState || skipped === 0 || i > 0) pending.push(argument, context);
    });
    if (isState) {
      this.#told(call, called, value.name);
      if (callee.kind === "Index") pending.push(callee.index, "value");
      if (callee.kind === "Index" || callee.kind === "Member") pending.push(callee.object, "value");
      return;
    }
    if (value.kind === "global" && value.path === "require") this.#required(call);
    for (const use of applyWrapper(call, called, this.#effects, this.#evaluator)) {
      this.wrapperUses.push(use);
    }
    if (givenCallee(called) !== undefined) this.#ofGiven(call, called);
  }

  /** `repo:get("theme")`, where `repo` is given: by what is given for it at the calls of the script. */
  #ofGiven(call: CallExpression, called: Called): void {
    const { callee } = called;
    const name = callee.kind === "Member" ? callee.name?.name : undefined;
    if (callee.kind !== "Member" || name === undefined) return;
    const object = this.#evaluator.sites.resolved(this.#evaluator.value(callee.object));
    if (object.kind === "state") {
      if (!callee.method && STATE_MEMBERS.has(name)) this.#told(call, called, name);
      return;
    }
    const told = new Set<string>();
    for (const one of object.kind === "several" ? object.values : [object]) {
      const value = this.#evaluator.fields.of(one, name);
      const given = callee.method ? one : undefined;
      const made = { ...called, value };
      for (const use of applyWrapper(call, made, this.#effects, this.#evaluator, given)) {
        const id = JSON.stringify([use.member, use.args.map(({ text }) => text), use.either]);
        if (!told.has(id)) this.wrapperUses.push(use);
        told.add(id);
      }
    }
  }

  #required(call: CallExpression): void {
    const name = this.#evaluator.requiredName(call);
    if (name !== undefined) this.required.push({ name, at: call.span.start });
  }

  #told(call: CallExpression, { callee, skipped }: Called, member: string): void {
    const onState = callee.kind === "Member" || callee.kind === "Index" ? callee.object : undefined;
    const direct = onState !== undefined && this.#evaluator.isGlobalState(onState);
    const { start, commas } = writtenArguments(call, skipped);
    const written = argumentsOf(call, skipped);
    const { sites } = this.#evaluator;
    const templates = sites.namespaced(written.map((one) => this.#evaluator.text(one)));
    const either = variantsOf(member, templates);
    this.uses.push({
      member,
      memberSpan: memberSpan(callee),
      span: call.span,
      kind: "call",
      method: callee.kind === "Member" && callee.method,
      via: direct ? "direct" : "alias",
      args: written.map((argument, slot) => this.#argument(argument, slot, templates[slot])),
      ...(either === undefined ? {} : { either }),
      argsSpan: { start, end: call.argsSpan.end },
      commas,
      wrapper: undefined,
    });
  }

  #argument(expression: Expression, slot: number, template: Template = ANYTHING): Argument {
    return {
      span: expression.span,
      expression,
      text: knownText(template),
      literal: expression.kind === "String" ? expression : undefined,
      slot,
      within: undefined,
    };
  }
}

function pushOperands(
  { operator, left, right }: Expression & { kind: "Binary" },
  context: Context,
  pending: Pending,
): void {
  if (operator === "and" || operator === "or") {
    pending.push(left, "test");
    pending.push(right, context);
    return;
  }
  const tested = operator === "==" || operator === "~=";
  pending.push(left, tested && right.kind === "Nil" ? "test" : "value");
  pending.push(right, tested && left.kind === "Nil" ? "test" : "value");
}

/** What is still to be looked through, without an object for each: most of it is names and texts. */
class Pending {
  readonly #expressions: Expression[] = [];
  readonly #contexts: Context[] = [];
  /** Of what was taken last. */
  context: Context = "value";

  get size(): number {
    return this.#expressions.length;
  }

  push(expression: Expression, context: Context): void {
    if (!isWorthLooking(expression)) return;
    this.#expressions.push(expression);
    this.#contexts.push(context);
  }

  pop(): Expression | undefined {
    this.context = this.#contexts.pop() ?? "value";
    return this.#expressions.pop();
  }
}

/** Whether something of State can be in an expression. */
function isWorthLooking({ kind }: Expression): boolean {
  return kind !== "Identifier" && kind !== "String" && kind !== "Number" && kind !== "Nil";
}
