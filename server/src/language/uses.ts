import { memberSpan } from "./member-span.ts";
import type { Argument, StateUse } from "./model.ts";
import type { Scopes } from "./scope/variables.ts";
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
import type { FunctionEffects } from "./wrappers/effects.ts";

type Context = "value" | "test" | "write";

export interface FoundUses {
  readonly uses: readonly StateUse[];
  readonly wrapperUses: readonly StateUse[];
}

/** Finds every place where a script names a function of State, by itself or through wrappers. */
export function findUses(
  scopes: Scopes,
  evaluator: Evaluator,
  effects: FunctionEffects,
): FoundUses {
  const finder = new UseFinder(evaluator, effects);
  finder.block(scopes.chunk.body);
  const inOrder = (a: StateUse, b: StateUse) => a.memberSpan.start - b.memberSpan.start;
  return { uses: finder.uses.sort(inOrder), wrapperUses: finder.wrapperUses.sort(inOrder) };
}

class UseFinder {
  readonly uses: StateUse[] = [];
  readonly wrapperUses: StateUse[] = [];
  readonly #evaluator: Evaluator;
  readonly #effects: FunctionEffects;

  constructor(evaluator: Evaluator, effects: FunctionEffects) {
    this.#evaluator = evaluator;
    this.#effects = effects;
  }

  block(block: Block): void {
    for (const statement of block.statements) this.#statement(statement);
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
    const pending: [Expression, Context][] = [[expression, context]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      pending.push(...this.#look(...next));
    }
  }

  /** Tells the use that an expression is, and what to look through next. */
  #look(expression: Expression, context: Context): [Expression, Context][] {
    switch (expression.kind) {
      case "Call":
        return this.#call(expression);
      case "Member":
      case "Index":
        return this.#member(expression, context);
      case "Function":
        this.block(expression.body);
        return [];
      case "Paren":
        return [[expression.expression, context]];
      case "Unary":
        return [[expression.operand, expression.operator === "not" ? "test" : "value"]];
      case "Binary":
        return binaryOperands(expression, context);
      case "Table":
        return expression.fields.flatMap((field): [Expression, Context][] =>
          field.kind === "Computed"
            ? [
                [field.key, "value"],
                [field.value, "value"],
              ]
            : [[field.value, "value"]],
        );
      default:
        return [];
    }
  }

  #member(
    expression: MemberExpression | IndexExpression,
    context: Context,
  ): [Expression, Context][] {
    const value = this.#evaluator.value(expression);
    const rest: [Expression, Context][] = [[expression.object, "value"]];
    if (expression.kind === "Index") rest.push([expression.index, "value"]);
    const onState = this.#evaluator.value(expression.object).kind === "state";
    if (value.kind !== "member" || !onState) return rest;
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
    return expression.kind === "Index" ? rest : [];
  }

  #call(call: CallExpression): [Expression, Context][] {
    const called = calledBy(call, this.#evaluator);
    const { callee, value, skipped } = called;
    const { path } = value.kind === "global" ? value : { path: "" };
    const rest = call.args.map((argument): [Expression, Context] => [
      argument,
      path === "type" ? "test" : "value",
    ]);
    if (value.kind === "member") {
      this.#told(call, called, value.name);
      if (callee.kind === "Index") rest.push([callee.index, "value"]);
      return skipped > 0 ? rest.slice(1) : rest;
    }
    const applied = applyWrapper(call, called, this.#effects, this.#evaluator);
    this.wrapperUses.push(...applied);
    return skipped > 0 ? rest : [[callee, "value"], ...rest];
  }

  #told(call: CallExpression, { callee, skipped }: Called, member: string): void {
    const onState = callee.kind === "Member" || callee.kind === "Index" ? callee.object : undefined;
    const direct = onState !== undefined && this.#evaluator.isGlobalState(onState);
    const { start, commas } = writtenArguments(call, skipped);
    const written = argumentsOf(call, skipped);
    const templates = written.map((argument) => this.#evaluator.text(argument));
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

function binaryOperands(
  { operator, left, right }: Expression & { kind: "Binary" },
  context: Context,
): [Expression, Context][] {
  if (operator === "and" || operator === "or") {
    return [
      [left, "test"],
      [right, context],
    ];
  }
  const tested = operator === "==" || operator === "~=";
  return [
    [left, tested && right.kind === "Nil" ? "test" : "value"],
    [right, tested && left.kind === "Nil" ? "test" : "value"],
  ];
}
