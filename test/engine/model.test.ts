import { test } from "vitest";
import { equalsModel } from "./model.ts";

const RUNS = process.env["LLMSPELL_LONG"] === undefined ? 100 : 3000;

test.each(["sqlite", "memory"] as const)(
  "%s: any sequence of operations equals a plain model, history and undo in it",
  { timeout: 1_200_000 },
  (backend) => equalsModel(backend, RUNS),
);
