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
import type { Span } from "./syntax/span.ts";
import type { Evaluator } from "./values/evaluate.ts";
import { knownText } from "./values/template.ts";

type Context = "value" | "test" | "write";

/** Finds every place where a script names a function of State, in source order. */
export function findUses(scopes: Scopes, evaluator: Evaluator): StateUse[] {
  const finder = new UseFinder(evaluator);
  finder.block(scopes.chunk.body);
  return finder.uses.sort((a, b) => a.memberSpan.start - b.memberSpan.start);
}

class UseFinder {
  readonly uses: StateUse[] = [];
  readonly #evaluator: Evaluator;

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
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
    if (value.kind !== "member" || !this.#isState(expression.object)) return rest;
    const kind = context === "value" ? "mention" : context;
    this.uses.push({
      member: value.name,
      memberSpan: memberSpan(expression),
      span: expression.span,
      kind,
      method: expression.kind === "Member" && expression.method,
      via: this.#isDirect(expression.object) ? "direct" : "alias",
      args: [],
      argsSpan: undefined,
      commas: [],
    });
    return expression.kind === "Index" ? rest : [];
  }

  #call(call: CallExpression): [Expression, Context][] {
    const { callee, args } = call;
    const rest = args.map((argument): [Expression, Context] => [argument, "value"]);
    const value = this.#evaluator.value(callee);
    if (value.kind === "member") {
      this.#told(call, callee, value.name, 0);
      if (callee.kind === "Index") rest.push([callee.index, "value"]);
      return rest;
    }
    if (value.kind === "global") return this.#globalCall(call, value.path, rest);
    return [[callee, "value"], ...rest];
  }

  /** `pcall(State.save, "ns", "key", 1)` is a call of State; `type(State.save)` tests it. */
  #globalCall(
    call: CallExpression,
    path: string,
    rest: [Expression, Context][],
  ): [Expression, Context][] {
    const [first] = call.args;
    if (path === "type") return rest.map(([argument]) => [argument, "test"]);
    const skipped = path === "pcall" ? 1 : path === "xpcall" ? 2 : 0;
    if (skipped === 0 || first === undefined) return rest;
    const value = this.#evaluator.value(first);
    if (value.kind !== "member") return rest;
    this.#told(call, first, value.name, skipped);
    return rest.slice(1);
  }

  /** `skipped`: how many arguments of the call come before those of the function. */
  #told(call: CallExpression, callee: Expression, member: string, skipped: number): void {
    const last = call.args.at(-1)?.kind === "Missing" ? -1 : undefined;
    const comma = call.commas[skipped - 1];
    const start = comma === undefined ? call.argsSpan.start : comma + 1;
    const onState = callee.kind === "Member" || callee.kind === "Index" ? callee.object : undefined;
    const direct = onState !== undefined && this.#isDirect(onState);
    this.uses.push({
      member,
      memberSpan: memberSpan(callee),
      span: call.span,
      kind: "call",
      method: callee.kind === "Member" && callee.method,
      via: direct ? "direct" : "alias",
      args: call.args.slice(skipped, last).map((argument) => this.#argument(argument)),
      argsSpan: { start, end: call.argsSpan.end },
      commas: call.commas.slice(skipped),
    });
  }

  #argument(expression: Expression): Argument {
    return {
      span: expression.span,
      expression,
      text: knownText(this.#evaluator.text(expression)),
      literal: expression.kind === "String" ? expression : undefined,
    };
  }

  #isState(expression: Expression): boolean {
    return this.#evaluator.value(expression).kind === "state";
  }

  /** `State` itself, or `_G.State`: no other name in between. */
  #isDirect(expression: Expression): boolean {
    if (!this.#isState(expression)) return false;
    if (expression.kind === "Identifier") return expression.name === "State";
    return expression.kind === "Member" || expression.kind === "Index";
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

function memberSpan(callee: Expression): Span {
  if (callee.kind === "Member") {
    return callee.name?.span ?? { start: callee.dot + 1, end: callee.dot + 1 };
  }
  if (callee.kind !== "Index") return callee.span;
  return callee.index.kind === "String" ? callee.index.contentSpan : callee.index.span;
}
