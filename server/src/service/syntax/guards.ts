import type { StateUse } from "../../language/model.ts";
import type { Block, Expression, Statement } from "../../language/syntax/ast.ts";
import { childrenOf } from "../../language/syntax/children.ts";
import { blocksOf, expressionsOf } from "../../language/syntax/walk.ts";
import { ends } from "./endings.ts";
import { presence, union } from "./presence.ts";
import { type Script, unwrap } from "./script.ts";

type Members = ReadonlySet<string>;

/**
 * The calls of State functions that the script makes only where it has tested that the function is
 * there: `if State.list_keys then`, `State.list_keys and ...`, an early return, `assert`.
 */
export function guardedUses(script: Script): ReadonlySet<StateUse> {
  const finder = new GuardFinder(script);
  finder.block(script.scopes.chunk.body, new Set());
  return finder.guarded;
}

class GuardFinder {
  readonly guarded = new Set<StateUse>();
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  block(block: Block, known: Members): void {
    let present = known;
    for (const statement of block.statements) {
      this.#statement(statement, present);
      present = union(present, this.#after(statement));
    }
  }

  #statement(statement: Statement, present: Members): void {
    if (statement.kind === "If") {
      let here = present;
      for (const { condition, body } of statement.clauses) {
        this.#expression(condition, here);
        const { whenTrue, whenFalse } = this.#presence(condition);
        this.block(body, union(here, whenTrue));
        here = union(here, whenFalse);
      }
      if (statement.otherwise !== undefined) this.block(statement.otherwise, here);
      return;
    }
    for (const expression of expressionsOf(statement)) this.#expression(expression, present);
    const inside =
      statement.kind === "While"
        ? union(present, this.#presence(statement.condition).whenTrue)
        : present;
    for (const inner of blocksOf(statement)) this.block(inner, inside);
  }

  /** What is known behind a statement: `if not State.x then return end`, `assert(State.x)`. */
  #after(statement: Statement): Members {
    if (statement.kind === "If") {
      const [only, ...others] = statement.clauses;
      const left = only !== undefined && others.length === 0 && ends(this.#script, only.body);
      return left ? this.#presence(only.condition).whenFalse : new Set();
    }
    if (statement.kind !== "ExpressionStatement") return new Set();
    const call = unwrap(statement.expression);
    const [first] = call.kind === "Call" && isAssert(call.callee) ? call.args : [];
    return first === undefined ? new Set() : this.#presence(first).whenTrue;
  }

  #expression(expression: Expression, known: Members): void {
    const pending: [Expression, Members][] = [[expression, known]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [at, present] = next;
      if (at.kind === "Function") this.block(at.body, present);
      const use = at.kind === "Call" ? this.#script.useOf(at) : undefined;
      if (use !== undefined && present.has(use.member)) this.guarded.add(use);
      if (at.kind === "Binary" && (at.operator === "and" || at.operator === "or")) {
        const { whenTrue, whenFalse } = this.#presence(at.left);
        const implied = at.operator === "and" ? whenTrue : whenFalse;
        pending.push([at.left, present], [at.right, union(present, implied)]);
      } else {
        for (const child of childrenOf(at)) pending.push([child, present]);
      }
    }
  }

  #presence(condition: Expression) {
    return presence(condition, (expression) => {
      const value = this.#script.evaluator.value(expression);
      return value.kind === "member" ? value.name : undefined;
    });
  }
}

function isAssert(callee: Expression): boolean {
  return callee.kind === "Identifier" && callee.name === "assert";
}
