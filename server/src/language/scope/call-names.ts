import type { CallExpression, Expression, FunctionExpression, Statement } from "../syntax/ast.ts";
import { type Node, visitNodes } from "../syntax/nodes.ts";
import type { NamedCalls, Taker } from "./variables.ts";

/** The calls in a part of a script by the last name of what they call, and the names of its functions. */
export interface CallNames {
  readonly calls: ReadonlyMap<string, readonly CallExpression[]>;
  readonly functions: ReadonlyMap<FunctionExpression, string>;
  /** Calls that are given a function which is written in them. */
  readonly takers: ReadonlyMap<FunctionExpression, Taker>;
}

/** Functions that call what they are given, and how many arguments stand before its own. */
export const PROTECTED: ReadonlyMap<string, number> = new Map([
  ["pcall", 1],
  ["xpcall", 2],
]);

/** Those of all parts. */
export class CallsByName implements NamedCalls {
  readonly #parts: () => readonly CallNames[];
  #calls: ReadonlyMap<string, readonly CallExpression[]> | undefined;
  #functions: ReadonlyMap<FunctionExpression, string> | undefined;
  #takers: ReadonlyMap<FunctionExpression, Taker> | undefined;

  /** @param parts in their order; asked for once, when they are needed */
  constructor(parts: () => readonly CallNames[]) {
    this.#parts = parts;
  }

  of(name: string): readonly CallExpression[] {
    this.#calls ??= this.#join();
    return this.#calls.get(name) ?? [];
  }

  nameOf(node: FunctionExpression): string | undefined {
    this.#functions ??= new Map(this.#parts().flatMap(({ functions }) => [...functions]));
    return this.#functions.get(node);
  }

  takerOf(node: FunctionExpression): Taker | undefined {
    this.#takers ??= new Map(this.#parts().flatMap(({ takers }) => [...takers]));
    return this.#takers.get(node);
  }

  #join(): ReadonlyMap<string, readonly CallExpression[]> {
    const all = new Map<string, CallExpression[]>();
    for (const { calls } of this.#parts()) {
      for (const [name, list] of calls) {
        const known = all.get(name);
        if (known === undefined) all.set(name, [...list]);
        else for (const call of list) known.push(call);
      }
    }
    return all;
  }
}

/** The calls in statements, and their functions, by name. */
export function callNamesIn(statements: readonly Statement[]): CallNames {
  const calls = new Map<string, CallExpression[]>();
  const functions = new Map<FunctionExpression, string>();
  const takers = new Map<FunctionExpression, Taker>();
  visitNodes(statements, (node) => {
    if (node.kind === "Call") {
      node.args.forEach((argument, place) => {
        if (argument.kind === "Function") takers.set(argument, { call: node, place });
      });
      const name = lastName(calleeOf(node));
      if (name === undefined) return;
      const known = calls.get(name);
      if (known === undefined) calls.set(name, [node]);
      else known.push(node);
      return;
    }
    for (const [name, value] of namedBy(node)) {
      if (value?.kind === "Function" && name !== undefined) functions.set(value, name);
    }
  });
  // Found in no order, but what is told first is to be what stands first.
  for (const list of calls.values()) list.sort((a, b) => a.span.start - b.span.start);
  return { calls, functions, takers };
}

/** What a node gives names to. */
function namedBy(node: Node): readonly (readonly [string | undefined, Expression | undefined])[] {
  switch (node.kind) {
    case "LocalFunction":
      return [[node.name.name, node.function]];
    case "FunctionStatement":
      return [[lastName(node.target), node.function]];
    case "Local":
      return node.names.map(({ name }, i) => [name.name, node.values[i]]);
    case "Assignment":
      return node.targets.map((target, i) => [lastName(target), node.values[i]]);
    case "Named":
      return [[node.name.name, node.value]];
    default:
      return [];
  }
}

/** What is called, also by `pcall`. */
function calleeOf({ callee, args: [first] }: CallExpression): Expression {
  const isProtected = callee.kind === "Identifier" && PROTECTED.has(callee.name);
  return isProtected && first !== undefined ? first : callee;
}

function lastName(expression: Expression): string | undefined {
  if (expression.kind === "Identifier") return expression.name;
  return expression.kind === "Member" ? expression.name?.name : undefined;
}
