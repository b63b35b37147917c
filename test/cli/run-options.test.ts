import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fakeLlmspell } from "../runner/fake-llmspell.ts";
import { Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => space.remove());

describe("run", () => {
  test("has Lua 5.4, or the Lua that is chosen", async () => {
    space.put("a.lua", "print(_VERSION, math.maxinteger)");
    expect((await space.call(["run", "a.lua"])).out).toBe("Lua 5.4\t9223372036854775807\n");
    expect((await space.call(["run", "a.lua", "--runtime", "lua54"])).out).toMatch(/^Lua 5\.4/);
    expect((await space.call(["run", "a.lua", "--runtime", "fengari"])).out).toBe(
      "Lua 5.3\t9007199254740991\n",
    );
    expect((await space.call(["run", "a.lua", "--runtime", "luajit"])).code).toBe(2);
  });

  test("gives os.getenv the named variables and no other", async () => {
    space.put("a.lua", 'print(os.getenv("MODE"), os.getenv("SECRET"), os.getenv("UNSET"))');
    const environment = { MODE: "test", SECRET: "s3cret" };
    expect((await space.call(["run", "a.lua"], { environment })).out).toBe("nil\tnil\tnil\n");
    const args = ["run", "a.lua", "--env", "MODE", "--env", "UNSET"];
    expect((await space.call(args, { environment })).out).toBe("test\tnil\tnil\n");
  });

  test("--with-llmspell runs the program on PATH, and passes its output and failure on", async () => {
    const program = fakeLlmspell('echo "$@"; exit 4');
    try {
      const environment = { PATH: `relative:${program.folder}:${process.env["PATH"]}` };
      space.put("a.lua", "Agent.create()");
      const ran = await space.call(["run", "a.lua", "--with-llmspell", "--", "x y"], {
        environment,
      });
      expect(ran).toMatchObject({ code: 1, out: `run ${space.path("a.lua")} -- x y\n` });
      expect(ran.err).toContain("llmspell ended with exit code 4");
      const dry = await space.call(["run", "a.lua", "--with-llmspell", "--dry-run"], {
        environment,
      });
      expect(dry.code).toBe(2);
    } finally {
      program.remove();
    }
    const none = await space.json("run", "a.lua", "--with-llmspell");
    expect(none.answer).toMatchObject({ error: { code: "no-llmspell" } });
    expect((await space.json("run", "a.lua")).answer).toMatchObject({
      error: { code: "script-error", missing_global: "Agent" },
    });
  });
});
