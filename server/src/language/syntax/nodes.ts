import type { Block, Expression, Statement, TableField } from "./ast.ts";
import { NO_BODY } from "./parser.ts";

export type Node = Statement | Expression | Block | TableField;

/**
 * Visits statements and everything in them, functions' bodies, names and labels too, in no order.
 * Keeps its own stack: chains may be thousands long.
 */
export function visitNodes(statements: readonly Statement[], visit: (node: Node) => void): void {
  const pending: Node[] = [];
  pushAll(statements, pending);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === NO_BODY) continue;
    visit(next);
    push(next, pending);
  }
}

function push(node: Node, pending: Node[]): void {
  const optional = (one: Node | undefined) => {
    if (one !== undefined) pending.push(one);
  };
  switch (node.kind) {
    case "Block":
      pushAll(node.statements, pending);
      break;
    case "Local":
      for (const { name, attribute } of node.names) {
        pending.push(name);
        optional(attribute);
      }
      pushAll(node.values, pending);
      break;
    case "Assignment":
      pushAll(node.targets, pending);
      pushAll(node.values, pending);
      break;
    case "ExpressionStatement":
    case "Paren":
      pending.push(node.expression);
      break;
    case "Do":
      pending.push(node.body);
      break;
    case "While":
    case "Repeat":
      pending.push(node.condition, node.body);
      break;
    case "If":
      for (const { condition, body } of node.clauses) pending.push(condition, body);
      optional(node.otherwise);
      break;
    case "NumericFor":
      pending.push(node.variable, node.from, node.to, node.body);
      optional(node.step);
      break;
    case "GenericFor":
      pushAll(node.names, pending);
      pushAll(node.values, pending);
      pending.push(node.body);
      break;
    case "FunctionStatement":
      pending.push(node.target, node.function);
      break;
    case "LocalFunction":
      pending.push(node.name, node.function);
      break;
    case "Return":
      pushAll(node.values, pending);
      break;
    case "Goto":
    case "Label":
      optional(node.label);
      break;
    case "Function":
      pushAll(node.parameters, pending);
      pending.push(node.body);
      break;
    case "Table":
      pushAll(node.fields, pending);
      break;
    case "Positional":
      pending.push(node.value);
      break;
    case "Named":
      pending.push(node.name, node.value);
      break;
    case "Computed":
      pending.push(node.key, node.value);
      break;
    case "Binary":
      pending.push(node.left, node.right);
      break;
    case "Unary":
      pending.push(node.operand);
      break;
    case "Member":
      pending.push(node.object);
      optional(node.name);
      break;
    case "Index":
      pending.push(node.object, node.index);
      break;
    case "Call":
      pending.push(node.callee);
      pushAll(node.args, pending);
      break;
    default:
  }
}

/** Not by spreading: there may be more than a call can take. */
function pushAll(nodes: readonly Node[], pending: Node[]): void {
  for (const node of nodes) pending.push(node);
}
