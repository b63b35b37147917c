import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  test: {
    include: ["test/e2e/**/*.test.ts"],
    pool: "forks",
    // Each file has a VS Code of its own; most of its time is waiting.
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 180_000,
    // By default one second, which a busy machine needs for less. How long things take is in million.test.ts.
    expect: { poll: { timeout: 15_000 } },
    // A menu or line that is drawn anew in the moment of a click loses the click: a step may try again.
    retry: 1,
    // The tests of a file are one story: what follows a failure would fail for its reasons.
    bail: 1,
  },
});
