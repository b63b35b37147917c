import type { SyntaxProblem } from "../syntax/span.ts";
import type { Scopes } from "./variables.ts";

/** Assignments to locals declared `<const>` or `<close>`: Lua refuses to compile them. */
export function constantProblems(scopes: Scopes): readonly SyntaxProblem[] {
  return scopes.locals
    .filter(({ attribute }) => attribute === "const" || attribute === "close")
    .flatMap(({ name, references }) =>
      references
        .filter(({ write }) => write)
        .map(({ at }) => ({
          span: at.span,
          message: `Nothing can be assigned to '${name}': it is a constant`,
        })),
    );
}
