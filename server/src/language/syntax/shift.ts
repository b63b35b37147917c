import type { Block, Comment, Expression, LocalName, Statement, TableField } from "./ast.ts";
import { NO_BODY } from "./parser.ts";
import type { Part } from "./part.ts";
import type { Span, SyntaxProblem } from "./span.ts";

type Node = Statement | Expression | Block | TableField;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The same part of a text that begins `by` UTF-16 units later. */
export function shiftedPart(part: Part, by: number): Part {
  if (by === 0) return part;
  const shift = new Shift(by);
  const statements = part.statements.map((statement) => shift.node(statement));
  shift.finish();
  const problem = (one: SyntaxProblem) => ({ ...one, span: shift.span(one.span) });
  const comment = (one: Comment) => ({
    ...one,
    span: shift.span(one.span),
    contentSpan: shift.span(one.contentSpan),
  });
  return {
    ...part,
    start: part.start + by,
    reach: part.reach + by,
    statements,
    bodies: part.bodies.map((body) => shift.blocks.get(body) ?? body),
    comments: part.comments.map(comment),
    lexical: part.lexical.map(problem),
    grammatical: part.grammatical.map(problem),
  };
}

/** Copies nodes with what is in them, moved. Keeps its own stack: chains may be thousands long. */
class Shift {
  readonly blocks = new Map<Block, Block>();
  readonly #by: number;
  /** Copies whose children are still those of the original. */
  readonly #pending: Mutable<Node>[] = [];

  constructor(by: number) {
    this.#by = by;
  }

  span({ start, end }: Span): Span {
    return { start: start + this.#by, end: end + this.#by };
  }

  /** A moved copy, whole after `finish`. */
  node<T extends Node>(node: T): T {
    const copy = { ...node, span: this.span(node.span) };
    this.#pending.push(copy);
    return copy;
  }

  finish(): void {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      this.#children(next);
    }
  }

  #block(block: Block): Block {
    if (block === NO_BODY) return block;
    const copy = this.node(block);
    this.blocks.set(block, copy);
    return copy;
  }

  #nodes<T extends Node>(nodes: readonly T[]): readonly T[] {
    return nodes.map((node) => this.node(node));
  }

  #optional<T extends Node>(node: T | undefined): T | undefined {
    return node === undefined ? undefined : this.node(node);
  }

  #localName({ name, attribute }: LocalName): LocalName {
    return { name: this.node(name), attribute: this.#optional(attribute) };
  }

  #children(node: Mutable<Node>): void {
    switch (node.kind) {
      case "Block":
        node.statements = this.#nodes(node.statements);
        break;
      case "Local":
        node.names = node.names.map((name) => this.#localName(name));
        node.values = this.#nodes(node.values);
        break;
      case "Assignment":
        node.targets = this.#nodes(node.targets);
        node.values = this.#nodes(node.values);
        break;
      case "ExpressionStatement":
      case "Paren":
        node.expression = this.node(node.expression);
        break;
      case "Do":
        node.body = this.#block(node.body);
        break;
      case "While":
      case "Repeat":
        node.condition = this.node(node.condition);
        node.body = this.#block(node.body);
        break;
      case "If":
        node.clauses = node.clauses.map(({ condition, body }) => ({
          condition: this.node(condition),
          body: this.#block(body),
        }));
        if (node.otherwise !== undefined) node.otherwise = this.#block(node.otherwise);
        break;
      case "NumericFor":
        node.variable = this.node(node.variable);
        node.from = this.node(node.from);
        node.to = this.node(node.to);
        node.step = this.#optional(node.step);
        node.body = this.#block(node.body);
        break;
      case "GenericFor":
        node.names = this.#nodes(node.names);
        node.values = this.#nodes(node.values);
        node.body = this.#block(node.body);
        break;
      case "FunctionStatement":
        node.target = this.node(node.target);
        node.function = this.node(node.function);
        break;
      case "LocalFunction":
        node.name = this.node(node.name);
        node.function = this.node(node.function);
        break;
      case "Return":
        node.values = this.#nodes(node.values);
        break;
      case "Goto":
      case "Label":
        node.label = this.#optional(node.label);
        break;
      case "String":
        node.contentSpan = this.span(node.contentSpan);
        break;
      case "Function":
        node.parameters = this.#nodes(node.parameters);
        node.body = this.#block(node.body);
        break;
      case "Table":
        node.fields = this.#nodes(node.fields);
        break;
      case "Positional":
        node.value = this.node(node.value);
        break;
      case "Named":
        node.name = this.node(node.name);
        node.value = this.node(node.value);
        break;
      case "Computed":
        node.key = this.node(node.key);
        node.value = this.node(node.value);
        break;
      case "Binary":
        node.left = this.node(node.left);
        node.right = this.node(node.right);
        break;
      case "Unary":
        node.operand = this.node(node.operand);
        break;
      case "Member":
        node.object = this.node(node.object);
        node.dot += this.#by;
        node.name = this.#optional(node.name);
        break;
      case "Index":
        node.object = this.node(node.object);
        node.index = this.node(node.index);
        break;
      case "Call":
        node.callee = this.node(node.callee);
        node.args = this.#nodes(node.args);
        node.argsSpan = this.span(node.argsSpan);
        node.commas = node.commas.map((comma) => comma + this.#by);
        break;
      default:
    }
  }
}
