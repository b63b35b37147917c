import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLI, Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => space.remove());

function shell(line: string) {
  const command = `cli() { '${process.execPath}' '${CLI}' "$@"; }; ${line}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: space.folder });
  return { status, out: stdout.toString(), err: stderr.toString() };
}

describe.skipIf(process.platform === "win32")("the process", () => {
  test("says that the folder it was started in is gone", () => {
    const { status, out, err } = shell("mkdir gone; cd gone; rmdir ../gone; cli ls");
    expect([status, out]).toEqual([2, ""]);
    expect(err).toContain("llmspell-state: The current folder was removed.");
    expect(err).not.toMatch(/\n\s+at /);
  });

  test.runIf(existsSync("/dev/full"))("says that its output cannot be written", () => {
    const { status, err } = shell("cli set n k 1 > /dev/null; cli export > /dev/full");
    expect(status).toBe(1);
    expect(err).toContain("llmspell-state: The output cannot be written: ");
  });
});
