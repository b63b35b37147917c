import { execFileSync } from "node:child_process";
import { join } from "node:path";

const CLI = join(import.meta.dirname, "../../dist/cli.cjs");

/** Runs the built command line in a workspace folder, as a second process beside the server would. */
export function cli(folder: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [CLI, "--workspace", folder, ...args], {
    encoding: "utf8",
  });
}
