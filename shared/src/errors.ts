/**
 * The one kind of error that a user can cause. It carries a stable code (kebab-case, never reworded
 * away), a message that names the thing, and the next step. Everything else that is thrown is a bug.
 */
export class StateError extends Error {
  readonly code: string;
  readonly next: string;
  /** Data for the caller that handles this code, e.g. the current revision of a conflict. */
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: string,
    message: string,
    next: string,
    options: { cause?: unknown; data?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "StateError";
    this.code = code;
    this.next = next;
    this.data = options.data;
  }
}

/** A {@link StateError} as plain data: what crosses a thread, the wire or `--json`. */
export interface Problem {
  code: string;
  message: string;
  next: string;
  data?: Readonly<Record<string, unknown>>;
}

/** What any thrown thing says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Plain data for any thrown thing; what is not a {@link StateError} becomes `internal-error`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof StateError) {
    const { code, message, next, data } = error;
    return data === undefined ? { code, message, next } : { code, message, next, data };
  }
  return {
    code: "internal-error",
    message: messageOf(error),
    next: "This is a defect in LLMSpell State: please report it with what you did.",
  };
}

/** The error again, on the other side of a thread or the wire. */
export function fromProblem(problem: Problem): StateError {
  return new StateError(
    problem.code,
    problem.message,
    problem.next,
    problem.data === undefined ? {} : { data: problem.data },
  );
}
