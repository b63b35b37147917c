/**
 * Runs test/e2e against the packed extension in a real VS Code, with pictures in test-results/:
 * `npm run test:ui [-- --no-package] [-- FILTER...]`. `--no-package` takes the VSIX that is there.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { installTestbed } from "../testbed/install.ts";
import { findChromium } from "./chromium.ts";
import { vsixFile } from "./vsix.ts";

const root = join(import.meta.dirname, "..");
const given = process.argv.slice(2);

try {
  findChromium();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
installTestbed(console.log);
if (!given.includes("--no-package") || !existsSync(vsixFile(root))) {
  run([join(root, "scripts/package.ts")]);
}
const filters = given.filter((argument) => argument !== "--no-package");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
run([vitest, "run", "--config", "test/e2e/vitest.config.ts", ...filters]);

/** Runs a script of Node; one that fails has said why, and ends this one. */
function run(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
