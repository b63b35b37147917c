import type {
  BinaryOperator,
  Block,
  CallExpression,
  Expression,
  FunctionExpression,
  FunctionStatement,
  Identifier,
  IfClause,
  LocalName,
  MemberExpression,
  MissingExpression,
  Statement,
  TableField,
  UnaryExpression,
} from "./ast.ts";
import type { Span, SyntaxProblem } from "./span.ts";
import { lineStart, type TokenCursor } from "./token-cursor.ts";
import type { Token, TokenKind } from "./tokens.ts";

/** Nesting that Lua's own compiler allows (LUAI_MAXCCALLS); deeper text is not looked at. */
const MAX_DEPTH = 200;

/** Left and right binding power. */
const BINARY: Readonly<Partial<Record<TokenKind, readonly [number, number]>>> = {
  or: [1, 1],
  and: [2, 2],
  "<": [3, 3],
  ">": [3, 3],
  "<=": [3, 3],
  ">=": [3, 3],
  "~=": [3, 3],
  "==": [3, 3],
  "|": [4, 4],
  "~": [5, 5],
  "&": [6, 6],
  "<<": [7, 7],
  ">>": [7, 7],
  "..": [9, 8],
  "+": [10, 10],
  "-": [10, 10],
  "*": [11, 11],
  "/": [11, 11],
  "//": [11, 11],
  "%": [11, 11],
  "^": [14, 13],
};
const UNARY_POWER = 12;
const UNARY: ReadonlySet<TokenKind> = new Set<TokenKind>(["not", "-", "#", "~"]);
const BLOCK_ENDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "eof",
  "end",
  "else",
  "elseif",
  "until",
]);
const EXPRESSION_STARTS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "name",
  "number",
  "string",
  "nil",
  "true",
  "false",
  "...",
  "function",
  "{",
  "(",
  "not",
  "-",
  "#",
  "~",
]);

/** The outermost statements from one token to before the next one's. */
export interface Run {
  /** Index of its first token. */
  readonly index: number;
  readonly statements: Statement[];
  /** The bodies of all functions in it, inner ones first. */
  readonly bodies: Block[];
  readonly problems: SyntaxProblem[];
  /** Index of the last token that was looked at far ahead. */
  farthest: number;
  indentCounted: boolean;
}

/**
 * Parses Lua 5.4 (5.3 is part of it). Never fails and never stops early: half-typed code gives a tree
 * with `Missing` parts, and statements begin again at keywords and new lines.
 */
export class Parser {
  readonly #bodies: Block[] = [];
  readonly #text: string;
  readonly #cursor: TokenCursor;
  #depth = 0;
  /** How many blocks that wait for `until`, and for `else`, are open. */
  #openRepeats = 0;
  #openIfs = 0;
  #openBlocks = 0;
  /** Whether `...` may stand in the function being parsed. */
  #vararg = true;

  constructor(text: string, cursor: TokenCursor) {
    this.#text = text;
    this.#cursor = cursor;
  }

  /**
   * Parses the outermost statements before the token at `end`. A new run begins at each of the tokens
   * in `breaks` (ascending indexes) where a statement does and no earlier trouble goes on.
   */
  runs(breaks: readonly number[], end: number): Run[] {
    const cursor = this.#cursor;
    const runs: Run[] = [];
    let run = newRun(cursor.index);
    let next = 0;
    const finish = () => {
      run.bodies.push(...this.#bodies.splice(0));
      run.problems.push(...cursor.problems.splice(0));
      run.indentCounted = cursor.takeIndentCounted();
      run.farthest = cursor.farthest;
      runs.push(run);
    };
    while (cursor.index < end) {
      while ((breaks[next] ?? end) < cursor.index) next += 1;
      if (breaks[next] === cursor.index && cursor.index > run.index && cursor.isUntroubled) {
        finish();
        run = newRun(cursor.index);
      }
      if (!this.#step(run.statements)) break;
    }
    finish();
    return runs;
  }

  // Statements

  #block(): Block {
    const start = this.#cursor.lastEnd;
    const statements: Statement[] = [];
    while (this.#step(statements));
    const end = Math.max(start, this.#cursor.nextStart);
    return { kind: "Block", span: { start, end }, statements };
  }

  /** Parses the next statement into the list; false where the block ends. */
  #step(statements: Statement[]): boolean {
    const kind = this.#cursor.kind;
    if (kind === "eof") return false;
    if (BLOCK_ENDS.has(kind)) {
      if (this.#isAwaited(kind)) return false;
      this.#cursor.beginStatement();
      this.#cursor.problem(spanOf(this.#cursor.token), `'${kind}' without a block that it ends`);
      this.#cursor.take();
      return true;
    }
    const statement = this.#statement();
    if (statement !== undefined) statements.push(statement);
    if (statement?.kind === "Return") this.#afterReturn();
    return true;
  }

  #isAwaited(kind: TokenKind): boolean {
    if (kind === "until") return this.#openRepeats > 0;
    if (kind === "end") return this.#openBlocks > 0;
    return this.#openIfs > 0;
  }

  #afterReturn(): void {
    if (BLOCK_ENDS.has(this.#cursor.kind)) return;
    this.#cursor.beginStatement();
    const message = "'return' must be the last statement of its block";
    this.#cursor.problem(spanOf(this.#cursor.token), message);
  }

  #statement(): Statement | undefined {
    const cursor = this.#cursor;
    cursor.beginStatement();
    if (!this.#enter()) return undefined;
    const statement = this.#statementAt(cursor.token);
    this.#depth -= 1;
    return statement;
  }

  #statementAt(token: Token): Statement | undefined {
    switch (token.kind) {
      case ";":
        this.#cursor.take();
        return undefined;
      case "local":
        return this.#local();
      case "function":
        return this.#functionStatement();
      case "if":
        return this.#if();
      case "while":
        return this.#while();
      case "do":
        return this.#do();
      case "for":
        return this.#for();
      case "repeat":
        return this.#repeat();
      case "return":
        return this.#return();
      case "break":
        this.#cursor.take();
        return { kind: "Break", span: spanOf(token) };
      case "goto": {
        this.#cursor.take();
        const label = this.#name("A label's name");
        return { kind: "Goto", span: this.#since(token), label };
      }
      case "::":
        return this.#label();
      default:
        return this.#expressionStatement();
    }
  }

  #label(): Statement {
    const start = this.#cursor.take();
    const label = this.#name("A label's name");
    if (label !== undefined) this.#expect("::");
    return { kind: "Label", span: this.#since(start), label };
  }

  #local(): Statement {
    const cursor = this.#cursor;
    const start = cursor.take();
    const keyword = cursor.accept("function");
    if (keyword !== undefined) {
      const name = this.#name("A name for the function") ?? this.#emptyName();
      const body = this.#functionBody(keyword, false);
      return { kind: "LocalFunction", span: this.#since(start), name, function: body };
    }
    const names: LocalName[] = [];
    do {
      const name = this.#name("A name for the local variable");
      if (name === undefined) break;
      names.push({ name, attribute: this.#attribute() });
    } while (cursor.accept(",") !== undefined);
    const closing = names.filter(({ attribute }) => attribute?.name === "close");
    if (closing[1] !== undefined) {
      const message = "Only one '<close>' is allowed in a 'local'";
      cursor.problem(closing[1].name.span, message);
    }
    const values = cursor.accept("=") === undefined ? [] : this.#expressionList();
    return { kind: "Local", span: this.#since(start), names, values };
  }

  #attribute(): Identifier | undefined {
    if (this.#cursor.accept("<") === undefined) return undefined;
    const attribute = this.#name("'const' or 'close'");
    this.#expect(">");
    if (attribute !== undefined && attribute.name !== "const" && attribute.name !== "close") {
      const message = `'${attribute.name}' is no attribute of a local: 'const' or 'close' is`;
      this.#cursor.problem(attribute.span, message);
    }
    return attribute;
  }

  #functionStatement(): FunctionStatement {
    const keyword = this.#cursor.take();
    let target: Identifier | MemberExpression =
      this.#name("A name for the function") ?? this.#emptyName();
    while (this.#cursor.is(".") || this.#cursor.is(":")) {
      target = this.#member(target);
      if (target.method) break;
    }
    const method = target.kind === "Member" && target.method;
    const body = this.#functionBody(keyword, method);
    return { kind: "FunctionStatement", span: this.#since(keyword), target, function: body };
  }

  #if(): Statement {
    const cursor = this.#cursor;
    const start = cursor.take();
    this.#openIfs += 1;
    const clauses: IfClause[] = [this.#ifClause(start)];
    while (cursor.is("elseif") && !cursor.endsOuterBlock(start)) {
      cursor.beginStatement();
      clauses.push(this.#ifClause(cursor.take()));
    }
    const wantsElse = cursor.is("else") && !cursor.endsOuterBlock(start);
    const otherwise = wantsElse ? this.#elseBlock() : undefined;
    this.#openIfs -= 1;
    if (clauses.at(-1)?.body !== NO_BODY) this.#end(start);
    return { kind: "If", span: this.#since(start), clauses, otherwise };
  }

  #ifClause(keyword: Token): IfClause {
    const condition = this.#expression();
    const body = this.#bodyAfter("then", keyword);
    return { condition, body };
  }

  #elseBlock(): Block {
    this.#cursor.beginStatement();
    this.#cursor.take();
    return this.#nested();
  }

  #nested(): Block {
    this.#openBlocks += 1;
    const block = this.#block();
    this.#openBlocks -= 1;
    return block;
  }

  /** The block after `then` or `do`; none when that is missing and the next line leaves the block. */
  #bodyAfter(opener: "then" | "do", keyword: Token): Block {
    if (this.#cursor.accept(opener) === undefined) {
      this.#cursor.expected(`'${opener}'`);
      if (this.#cursor.leavesBlockOf(keyword) && !this.#cursor.is("end")) return NO_BODY;
    }
    return this.#nested();
  }

  #while(): Statement {
    const start = this.#cursor.take();
    const condition = this.#expression();
    const body = this.#loopBody(start);
    return { kind: "While", span: this.#since(start), condition, body };
  }

  #loopBody(start: Token): Block {
    const body = this.#bodyAfter("do", start);
    if (body !== NO_BODY) this.#end(start);
    return body;
  }

  #do(): Statement {
    const start = this.#cursor.take();
    const body = this.#nested();
    this.#end(start);
    return { kind: "Do", span: this.#since(start), body };
  }

  #for(): Statement {
    const cursor = this.#cursor;
    const start = cursor.take();
    const variable = this.#name("A name for the loop's variable") ?? this.#emptyName();
    if (cursor.accept("=") !== undefined) {
      const from = this.#expression();
      if (cursor.accept(",") === undefined) cursor.expected("',' and the loop's limit");
      const to = this.#expression();
      const step = cursor.accept(",") === undefined ? undefined : this.#expression();
      const body = this.#loopBody(start);
      return { kind: "NumericFor", span: this.#since(start), variable, from, to, step, body };
    }
    const names = [variable];
    while (cursor.accept(",") !== undefined) {
      const name = this.#name("A name for the loop's variable");
      if (name !== undefined) names.push(name);
    }
    if (cursor.accept("in") === undefined) cursor.expected("'=' or 'in'");
    const values = this.#expressionList();
    const body = this.#loopBody(start);
    return { kind: "GenericFor", span: this.#since(start), names, values, body };
  }

  #repeat(): Statement {
    const start = this.#cursor.take();
    this.#openRepeats += 1;
    const body = this.#nested();
    this.#openRepeats -= 1;
    let condition: Expression = this.#missing();
    if (this.#cursor.accept("until") === undefined) this.#unclosedBlock(start, "until");
    else condition = this.#expression();
    return { kind: "Repeat", span: this.#since(start), body, condition };
  }

  #return(): Statement {
    const start = this.#cursor.take();
    const none = BLOCK_ENDS.has(this.#cursor.kind) || this.#cursor.is(";");
    const values = none ? [] : this.#expressionList();
    this.#cursor.accept(";");
    return { kind: "Return", span: this.#since(start), values };
  }

  #end(opener: Token): void {
    if (this.#cursor.is("end") && !this.#cursor.endsOuterBlock(opener)) this.#cursor.take();
    else this.#unclosedBlock(opener, "end");
  }

  #unclosedBlock(opener: Token, closer: "end" | "until"): void {
    const keyword = this.#text.slice(opener.start, opener.end);
    this.#cursor.problem(spanOf(opener), `This '${keyword}' has no '${closer}'`);
  }

  #expressionStatement(): Statement | undefined {
    const cursor = this.#cursor;
    const start = cursor.token;
    if (start.kind !== "name" && start.kind !== "(") {
      this.#unexpected();
      if (!EXPRESSION_STARTS.has(start.kind)) {
        cursor.take();
        return undefined;
      }
      const expression = this.#expression();
      return { kind: "ExpressionStatement", span: expression.span, expression };
    }
    const expression = this.#suffixed();
    if (cursor.is("=") || cursor.is(",")) return this.#assignment(start, expression);
    if (expression.kind !== "Call" && !this.#isMemberBeingTyped(expression)) {
      const text = this.#text.slice(expression.span.start, expression.span.end);
      const message = `${shortened(text)} alone does nothing: a call or an assignment is expected`;
      cursor.problem(expression.span, message);
    }
    return { kind: "ExpressionStatement", span: this.#since(start), expression };
  }

  /** `State.` at a line's end: Lua would go on in the next line, so it is not told as a problem. */
  #isMemberBeingTyped(expression: Expression): boolean {
    return expression.kind === "Member" && expression.name === undefined && this.#cursor.is("name");
  }

  #assignment(start: Token, first: Expression): Statement {
    const cursor = this.#cursor;
    const targets: Expression[] = [first];
    while (cursor.accept(",") !== undefined) targets.push(this.#suffixed());
    for (const target of targets) this.#checkTarget(target);
    if (cursor.accept("=") === undefined) cursor.expected("'='");
    const values = this.#expressionList();
    return { kind: "Assignment", span: this.#since(start), targets, values };
  }

  #checkTarget(target: Expression): void {
    if (target.kind === "Identifier" || target.kind === "Member" || target.kind === "Index") {
      if (target.kind !== "Member" || !target.method) return;
    }
    if (target.kind === "Missing") return;
    this.#cursor.problem(target.span, "Nothing can be assigned to this: it is no variable");
  }

  // Expressions

  #expressionList(): Expression[] {
    const list = [this.#expression()];
    while (this.#cursor.accept(",") !== undefined) list.push(this.#expression());
    return list;
  }

  #expression(power = 0): Expression {
    if (!this.#enter()) return this.#missing();
    const cursor = this.#cursor;
    const start = cursor.token;
    let left: Expression;
    if (UNARY.has(start.kind)) {
      cursor.take();
      const operand = this.#expression(UNARY_POWER);
      const operator = start.kind as UnaryExpression["operator"];
      left = { kind: "Unary", span: this.#since(start), operator, operand };
    } else {
      left = this.#simple();
    }
    let powers = BINARY[cursor.kind];
    while (powers !== undefined && powers[0] > power) {
      const operator = cursor.take().kind as BinaryOperator;
      const right = this.#expression(powers[1]);
      const span = { start: left.span.start, end: Math.max(left.span.end, right.span.end) };
      left = { kind: "Binary", span, operator, left, right };
      powers = BINARY[cursor.kind];
    }
    this.#depth -= 1;
    return left;
  }

  #simple(): Expression {
    const token = this.#cursor.token;
    switch (token.kind) {
      case "string":
        this.#cursor.take();
        return token.literal ?? this.#missing();
      case "number":
        this.#cursor.take();
        return { kind: "Number", span: spanOf(token), raw: this.#textOf(token) };
      case "nil":
        return this.#constant("Nil");
      case "true":
        return this.#constant("True");
      case "false":
        return this.#constant("False");
      case "...":
        if (!this.#vararg) {
          const message = "'...' stands in a function that takes no '...'";
          this.#cursor.problem(spanOf(token), message);
        }
        return this.#constant("Vararg");
      case "{":
        return this.#table();
      case "function":
        this.#cursor.take();
        return this.#functionBody(token, false);
      case "name":
      case "(":
        return this.#suffixed();
      default:
        this.#expectedExpression();
        return this.#missing();
    }
  }

  #constant(kind: "Nil" | "True" | "False" | "Vararg"): Expression {
    return { kind, span: spanOf(this.#cursor.take()) };
  }

  #suffixed(): Expression {
    let expression = this.#primary();
    while (true) {
      switch (this.#cursor.kind) {
        case ".":
          expression = this.#member(expression);
          break;
        case ":":
          expression = this.#methodCall(this.#member(expression));
          break;
        case "[":
          expression = this.#indexed(expression);
          break;
        case "(":
        case "string":
        case "{":
          expression = this.#call(expression);
          break;
        default:
          return expression;
      }
    }
  }

  #primary(): Expression {
    const cursor = this.#cursor;
    if (cursor.is("name")) return this.#identifier(cursor.take());
    if (!cursor.is("(")) {
      this.#expectedExpression();
      return this.#missing();
    }
    const open = cursor.index;
    const start = cursor.take();
    const expression = cursor.within(open, () => this.#expression());
    if (cursor.accept(")") === undefined) {
      cursor.expected("')'");
      cursor.skipToCloser(open);
      cursor.accept(")");
    }
    return { kind: "Paren", span: this.#since(start), expression };
  }

  #member(object: Expression): MemberExpression {
    const cursor = this.#cursor;
    const dot = cursor.take();
    const method = dot.kind === ":";
    let name: Identifier | undefined;
    if (cursor.is("name") && cursor.onSameLine) name = this.#identifier(cursor.take());
    else if (!cursor.is("name")) cursor.expected(`A name after '${dot.kind}'`);
    const span = { start: object.span.start, end: name?.span.end ?? dot.end };
    const nameSpan = name?.span ?? { start: dot.start + 1, end: dot.start + 1 };
    return { kind: "Member", span, object, dot: dot.start, method, name, nameSpan };
  }

  #methodCall(callee: MemberExpression): Expression {
    const kind = this.#cursor.kind;
    if (kind === "(" || kind === "string" || kind === "{") return this.#call(callee);
    if (callee.name !== undefined) this.#cursor.expected("'(' and the arguments");
    return callee;
  }

  #indexed(object: Expression): Expression {
    const cursor = this.#cursor;
    const open = cursor.index;
    cursor.take();
    const index = cursor.within(open, () => this.#expression());
    let closed = cursor.accept("]") !== undefined;
    if (!closed) {
      cursor.expected("']'");
      cursor.skipToCloser(open);
      closed = cursor.accept("]") !== undefined;
    }
    const span = { start: object.span.start, end: cursor.lastEnd };
    return { kind: "Index", span, object, index, closed };
  }

  #call(callee: Expression): CallExpression {
    const cursor = this.#cursor;
    if (!cursor.is("(")) {
      const argument = this.#simple();
      const span = { start: callee.span.start, end: argument.span.end };
      const argsSpan = argument.span;
      return { kind: "Call", span, callee, args: [argument], argsSpan, commas: [], closed: true };
    }
    const open = cursor.index;
    const start = cursor.take().end;
    const commas: number[] = [];
    const args = cursor.within(open, () => this.#args(open, commas));
    const close = cursor.accept(")");
    const end = close?.end ?? this.#endOfUnclosedArgs();
    return {
      kind: "Call",
      span: { start: callee.span.start, end },
      callee,
      args,
      argsSpan: { start, end: close?.start ?? Math.max(end, this.#endOfBlankLines()) },
      commas,
      closed: close !== undefined,
    };
  }

  /** What is typed on the line after the last argument still belongs to the call. */
  #endOfUnclosedArgs(): number {
    const limit = this.#cursor.nextStart;
    let end = this.#cursor.lastEnd;
    while (end < limit && (this.#text[end] === " " || this.#text[end] === "\t")) end += 1;
    return end;
  }

  /** On the lines below, up to that of the next token, an argument may be about to be typed. */
  #endOfBlankLines(): number {
    const blank = /\s*/y;
    blank.lastIndex = this.#cursor.lastEnd;
    const { nextStart } = this.#cursor;
    const end = blank.lastIndex + (blank.exec(this.#text)?.[0].length ?? 0);
    return end < this.#text.length && end >= nextStart ? lineStart(this.#text, nextStart) - 1 : end;
  }

  #args(open: number, commas: number[]): Expression[] {
    const cursor = this.#cursor;
    const args: Expression[] = [];
    if (cursor.is(")")) return args;
    while (true) {
      args.push(this.#expression());
      const comma = cursor.accept(",");
      if (comma !== undefined) {
        commas.push(comma.start);
        continue;
      }
      if (cursor.is(")")) return args;
      cursor.expected("')'");
      if (!cursor.isClosed(open) || !EXPRESSION_STARTS.has(cursor.kind)) break;
    }
    cursor.skipToCloser(open);
    return args;
  }

  #table(): Expression {
    const cursor = this.#cursor;
    const open = cursor.index;
    const start = cursor.take();
    const fields = cursor.within(open, () => this.#fields());
    let closed = cursor.accept("}") !== undefined;
    if (!closed) {
      cursor.expected("'}'");
      cursor.skipToCloser(open);
      closed = cursor.accept("}") !== undefined;
    }
    return { kind: "Table", span: this.#since(start), fields, closed };
  }

  #fields(): TableField[] {
    const cursor = this.#cursor;
    const fields: TableField[] = [];
    while (!cursor.is("}") && !cursor.is("eof")) {
      if (!cursor.is("[") && !EXPRESSION_STARTS.has(cursor.kind)) break;
      fields.push(this.#field());
      if (cursor.accept(",") !== undefined || cursor.accept(";") !== undefined) continue;
      if (!cursor.is("}") && !cursor.is("eof")) cursor.expected("',' or '}'");
    }
    return fields;
  }

  #field(): TableField {
    const cursor = this.#cursor;
    const start = cursor.token;
    if (start.kind === "name" && cursor.nextKind === "=") {
      const name = this.#identifier(cursor.take());
      cursor.take();
      const value = this.#expression();
      return { kind: "Named", span: this.#since(start), name, value };
    }
    if (start.kind !== "[") {
      const value = this.#expression();
      return { kind: "Positional", span: value.span, value };
    }
    const open = cursor.index;
    cursor.take();
    const key = cursor.within(open, () => this.#expression());
    if (cursor.accept("]") === undefined) {
      cursor.expected("']'");
      cursor.skipToCloser(open);
      cursor.accept("]");
    }
    if (cursor.accept("=") === undefined) {
      cursor.expected("'='");
      return { kind: "Computed", span: this.#since(start), key, value: this.#missing() };
    }
    const value = this.#expression();
    return { kind: "Computed", span: this.#since(start), key, value };
  }

  #functionBody(keyword: Token, method: boolean): FunctionExpression {
    const cursor = this.#cursor;
    const parameters: Identifier[] = [];
    const open = cursor.index;
    let vararg = false;
    if (cursor.accept("(") === undefined) cursor.expected("'(' and the parameters");
    else vararg = cursor.within(open, () => this.#parameters(parameters));
    if (cursor.isClosed(open)) cursor.accept(")");
    const outer = [this.#openRepeats, this.#openIfs, this.#vararg] as const;
    [this.#openRepeats, this.#openIfs, this.#vararg] = [0, 0, vararg];
    const body = this.#nested();
    [this.#openRepeats, this.#openIfs, this.#vararg] = outer;
    this.#bodies.push(body);
    this.#end(keyword);
    return { kind: "Function", span: this.#since(keyword), parameters, vararg, method, body };
  }

  #parameters(parameters: Identifier[]): boolean {
    const cursor = this.#cursor;
    let vararg = false;
    while (!cursor.is(")")) {
      if (cursor.accept("...") !== undefined) {
        vararg = true;
        break;
      }
      const statement = cursor.is("name") && [".", ":", "(", "="].includes(cursor.nextKind);
      const name = statement ? undefined : this.#name("A parameter's name");
      if (name === undefined) break;
      parameters.push(name);
      if (cursor.accept(",") === undefined) break;
      if (cursor.is(")")) cursor.expected("A parameter's name");
    }
    if (!cursor.is(")")) cursor.expected("')'");
    return vararg;
  }

  // Parts

  /** A name on the same line as what it belongs to. */
  #name(what: string): Identifier | undefined {
    if (this.#cursor.is("name")) return this.#identifier(this.#cursor.take());
    this.#cursor.expected(what);
    return undefined;
  }

  #identifier(token: Token): Identifier {
    return { kind: "Identifier", span: spanOf(token), name: this.#textOf(token) };
  }

  #emptyName(): Identifier {
    return { kind: "Identifier", span: this.#missing().span, name: "" };
  }

  /** At the next token if it stands on the line, else right behind the last one. */
  #missing(): MissingExpression {
    const cursor = this.#cursor;
    const at = cursor.onSameLine ? cursor.token.start : this.#endOfUnclosedArgs();
    return { kind: "Missing", span: { start: at, end: at } };
  }

  #expect(kind: TokenKind): void {
    if (this.#cursor.accept(kind) === undefined) this.#cursor.expected(`'${kind}'`);
  }

  #expectedExpression(): void {
    this.#cursor.expected("A value");
  }

  #unexpected(): void {
    const token = this.#cursor.token;
    this.#cursor.problem(spanOf(token), `${shortened(this.#textOf(token))} cannot stand here`);
  }

  #enter(): boolean {
    this.#depth += 1;
    if (this.#depth <= MAX_DEPTH) return true;
    const message = `Nested deeper than ${MAX_DEPTH} levels: Lua refuses this, and what follows is not looked at`;
    this.#cursor.problem(spanOf(this.#cursor.token), message);
    this.#cursor.abandon();
    this.#depth -= 1;
    return false;
  }

  #textOf(token: Token): string {
    return this.#text.slice(token.start, token.end);
  }

  #since(start: Token): Span {
    return { start: start.start, end: Math.max(start.end, this.#cursor.lastEnd) };
  }
}

function newRun(index: number): Run {
  return { index, statements: [], bodies: [], problems: [], farthest: 0, indentCounted: false };
}

/** Stands for the block of an `if` or a loop whose head is still being typed. */
export const NO_BODY: Block = { kind: "Block", span: { start: 0, end: 0 }, statements: [] };

function spanOf(token: Token): Span {
  return { start: token.start, end: token.end };
}

function shortened(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? "";
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
