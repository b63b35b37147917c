import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

let space: Workspace;
let watching: ChildProcess | undefined;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => {
  watching?.kill("SIGKILL");
  space.remove();
});

/** Starts watching; settles when it does. */
async function watch(...args: string[]) {
  watching = space.start(["watch", ...args]);
  const { stdout, stderr } = watching;
  if (stdout === null || stderr === null) throw new Error("no streams");
  const lines = createInterface(stdout)[Symbol.asyncIterator]();
  await once(createInterface(stderr), "line");
  return async () => String((await lines.next()).value);
}

describe("watch", () => {
  test("tells what another process changes, from the first write on", async () => {
    const next = await watch("--json");
    await space.call(["set", "user", "name", '"Ada"']);
    expect(JSON.parse(await next())).toEqual({
      op: "save",
      namespace: "user",
      key: "name",
      revision: 1,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      origin: "cli",
    });
    await space.call(["rm", "user", "name"]);
    expect(JSON.parse(await next())).toMatchObject({ op: "delete", revision: 2 });
    watching?.kill("SIGINT");
    expect((await once(watching as ChildProcess, "exit"))[0]).toBe(130);
  });

  test("of one namespace only", async () => {
    const next = await watch("user");
    await space.call(["set", "cache", "name", "1"]);
    await space.call(["set", "user", "name", "2"]);
    expect(await next()).toMatch(/^\S+Z {2}2 {2}save {2}user name {2}\(cli\)$/);
  });

  test("nothing that is not stored", async () => {
    space.put("llmspell.toml", "[state]\nbackend = 'memory'\n");
    expect((await space.call(["watch"])).code).toBe(2);
  });

  test("of a damaged state names the backup to go back to", async () => {
    await space.call(["set", "user", "name", "1"]);
    const { answer } = await space.json("backup", "create");
    space.put("state/state.db", "damaged ".repeat(1000));
    const { code, err } = await space.call(["watch"]);
    expect(code).toBe(1);
    expect(err).toContain(`backup restore ${(answer as { id: string }).id}`);
  });
});
