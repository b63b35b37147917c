import type { Problem } from "../../../shared/src/errors.ts";
import type { Output } from "./output.ts";

/** A failure as it is told: JSON on standard output, or a line and the next step on standard error. */
export function reportProblem({ code, message, next }: Problem, output: Output): void {
  if (output.json) output.jsonLine({ error: { code, message, next } });
  else output.note(`llmspell-state: ${message}\n${next}`);
}
