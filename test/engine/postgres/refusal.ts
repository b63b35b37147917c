import { expect } from "vitest";
import { type StateError, toProblem } from "../../../shared/src/errors.ts";

/** The refusal of a call: one that users can cause, with a next step, and no secret in any of its parts. */
export async function refusal(
  call: Promise<unknown>,
  secrets: readonly string[],
): Promise<StateError> {
  const error = (await call.then(
    () => expect.unreachable("this should have failed"),
    (reason: unknown) => reason,
  )) as StateError;
  const said = [toProblem(error), error.stack, String(error.cause), JSON.stringify(error)];
  for (const secret of secrets) expect(JSON.stringify(said)).not.toContain(secret);
  expect(toProblem(error).code).not.toBe("internal-error");
  expect(error.next).not.toBe("");
  return error;
}
