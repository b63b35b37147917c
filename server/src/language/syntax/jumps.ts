import type { Block, GotoStatement, LabelStatement, Statement } from "./ast.ts";
import type { SyntaxProblem } from "./span.ts";

/** A `goto` whose label was not met yet. */
interface PendingGoto {
  readonly statement: GotoStatement;
  readonly name: string;
  /** How many locals were in scope where it stands, as seen from the block it has come out to. */
  locals: number;
}

interface Frame {
  readonly parent: Frame | undefined;
  readonly loop: boolean;
  /** Label name -> how many locals were in scope at it. */
  readonly labels: Map<string, number>;
  readonly pending: PendingGoto[];
}

/**
 * The problems with `goto`, labels and `break` in one function's body (or the chunk's), by the rules
 * of Lua 5.4. Functions inside it are other bodies.
 */
export function checkJumps(body: Block): SyntaxProblem[] {
  const checker = new JumpChecker();
  checker.body(body);
  return checker.problems;
}

class JumpChecker {
  readonly problems: SyntaxProblem[] = [];
  readonly #locals: string[] = [];

  body(block: Block): void {
    const pending = this.#block(block, undefined, {});
    for (const { statement, name } of pending) {
      this.#problem(statement, `No label '${name}' can be seen from this 'goto'`);
    }
  }

  /** Gives the `goto`s that found no label in it. */
  #block(
    block: Block,
    parent: Frame | undefined,
    kind: { loop?: boolean; repeat?: boolean; names?: readonly string[] },
  ): PendingGoto[] {
    const before = this.#locals.length;
    const frame: Frame = {
      parent,
      loop: kind.loop === true,
      labels: new Map(),
      pending: [],
    };
    this.#locals.push(...(kind.names ?? []));
    const { statements } = block;
    const lastRun = kind.repeat === true ? statements.length : startOfLastLabels(statements);
    statements.forEach((statement, i) => {
      if (statement.kind === "Label")
        this.#label(statement, frame, i >= lastRun ? before : undefined);
      else this.#statement(statement, frame);
    });
    this.#locals.length = before;
    for (const goto of frame.pending) goto.locals = Math.min(goto.locals, before);
    return frame.pending;
  }

  #label(statement: LabelStatement, frame: Frame, localsAtEnd: number | undefined): void {
    const name = statement.label?.name;
    if (name === undefined) return;
    for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
      if (at.labels.has(name)) this.#problem(statement, `The label '${name}' is already defined`);
    }
    const locals = localsAtEnd ?? this.#locals.length;
    frame.labels.set(name, locals);
    const waiting = frame.pending.splice(0);
    for (const goto of waiting) {
      if (goto.name !== name) frame.pending.push(goto);
      else if (goto.locals < locals) {
        const local = this.#locals[goto.locals] ?? "";
        const message = `This 'goto ${name}' jumps into the scope of the local '${local}'`;
        this.#problem(goto.statement, message);
      }
    }
  }

  #statement(statement: Statement, frame: Frame): void {
    switch (statement.kind) {
      case "Local":
        this.#locals.push(...statement.names.map(({ name }) => name.name));
        break;
      case "LocalFunction":
        this.#locals.push(statement.name.name);
        break;
      case "Goto":
        this.#goto(statement, frame);
        break;
      case "Break":
        if (!inLoop(frame)) this.#problem(statement, "'break' stands in no loop");
        break;
      case "Do":
        frame.pending.push(...this.#block(statement.body, frame, {}));
        break;
      case "If":
        for (const { body } of statement.clauses) {
          frame.pending.push(...this.#block(body, frame, {}));
        }
        if (statement.otherwise !== undefined) {
          frame.pending.push(...this.#block(statement.otherwise, frame, {}));
        }
        break;
      case "While":
        frame.pending.push(...this.#block(statement.body, frame, { loop: true }));
        break;
      case "Repeat":
        frame.pending.push(...this.#block(statement.body, frame, { loop: true, repeat: true }));
        break;
      case "NumericFor":
        this.#loop(statement.body, frame, [statement.variable.name]);
        break;
      case "GenericFor":
        this.#loop(
          statement.body,
          frame,
          statement.names.map((name) => name.name),
        );
        break;
      default:
    }
  }

  #loop(body: Block, frame: Frame, names: readonly string[]): void {
    frame.pending.push(...this.#block(body, frame, { loop: true, names }));
  }

  #goto(statement: GotoStatement, frame: Frame): void {
    const name = statement.label?.name;
    if (name === undefined) return;
    for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
      if (at.labels.has(name)) return;
    }
    frame.pending.push({ statement, name, locals: this.#locals.length });
  }

  #problem({ span }: Statement, message: string): void {
    this.problems.push({ span, message });
  }
}

/** Labels that end a block stand behind the scope of its locals. */
function startOfLastLabels(statements: readonly Statement[]): number {
  return statements.findLastIndex((statement) => statement.kind !== "Label") + 1;
}

function inLoop(frame: Frame): boolean {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (at.loop) return true;
  }
  return false;
}
