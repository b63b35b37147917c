import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => space.remove());

describe("run", () => {
  test("answers as the contract has it", async () => {
    space.put("a.lua", 'State.save("user", "name", "Ada")\nprint("hello", ...)\nprint(arg[1])');
    const { code, out } = await space.call(["run", "a.lua", "--json", "--", "x", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      ok: true,
      output: "hello\tx\t--json\nx\n",
      error: null,
      changes: [
        {
          op: "save",
          namespace: "user",
          key: "name",
          after: "Ada",
          revision: 1,
          at: expect.any(String),
          origin: "script:a.lua",
        },
      ],
      duration_ms: expect.any(Number),
    });
    expect((await space.call(["get", "user", "name"])).out).toBe('"Ada"\n');
  });

  test("without --json the output streams as it is", async () => {
    space.put("a.lua", 'print("one")\nwhile true do end');
    const child = space.start(["run", "a.lua"]);
    let out = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk;
      if (out === "one\n") child.kill("SIGINT");
    });
    expect((await once(child, "close"))[0]).toBe(130);
    expect(out).toBe("one\n");
  });

  test("a failure comes with file, line and traceback, and keeps what was saved before", async () => {
    space.put("deep/b.lua", 'State.save("n", "k", 1)\nlocal function f() error("oops") end\nf()');
    const { code, answer } = await space.json("run", "deep/b.lua");
    expect(code).toBe(1);
    expect(answer).toMatchObject({
      ok: false,
      error: {
        code: "script-error",
        message: expect.stringContaining("oops"),
        file: space.path("deep/b.lua"),
        line: 2,
        traceback: expect.stringContaining("b.lua"),
      },
      changes: [{ namespace: "n", key: "k", after: 1 }],
    });
    const plain = await space.call(["run", "deep/b.lua"]);
    expect(plain.code).toBe(1);
    expect(plain.out).toBe("");
    expect(plain.err).toContain("b.lua:2: ");
    expect(plain.err).toContain("oops");
  });

  test.each([
    ["gone.lua", "There is no script"],
    ["scripts", "is no plain file"],
  ])("what is no script, %s, is told as what it is", async (name, message) => {
    space.put("scripts/a.lua", "print(1)");
    const { code, answer } = await space.json("run", name);
    expect(code).toBe(2);
    expect(answer).toMatchObject({
      error: { code: "unreadable-file", message: expect.stringContaining(message) },
    });
  });

  test("a syntax error has its line", async () => {
    space.put("c.lua", "local a = 1\nlocal = 2\n");
    const { code, answer } = await space.json("run", "c.lua");
    expect(code).toBe(1);
    expect(answer).toMatchObject({ ok: false, error: { code: "script-syntax", line: 2 } });
  });

  test("a value that cannot be stored is named", async () => {
    space.put("d.lua", '\nState.save("n", "k", { items = { 1, function() end } })');
    const { code, answer } = await space.json("run", "d.lua");
    expect(code).toBe(1);
    expect(answer).toMatchObject({
      ok: false,
      error: { line: 2, message: expect.stringContaining("value.items[2]") },
      changes: [],
    });
  });

  test("a time-out exits 124", async () => {
    space.put("e.lua", "while true do pcall(error) end");
    const { code, answer } = await space.json("run", "e.lua", "--timeout", "200");
    expect(code).toBe(124);
    expect(answer).toMatchObject({ ok: false, error: { code: "script-timeout" } });
  });

  test("state that is switched off lives for the run", async () => {
    space.put("llmspell.toml", "[state]\nenabled = false\n");
    space.put("f.lua", 'State.save("n", "k", 1)\nprint(State.load("n", "k"))');
    expect((await space.call(["run", "f.lua"])).out).toBe("1\n");
    expect((await space.json("ls")).answer).toEqual([]);
  });

  test("a configuration that cannot be used runs nothing", async () => {
    space.put("llmspell.toml", "[state]\nbackend = 'postgres'\n");
    space.put("g.lua", 'print("ran")');
    const { code, out, err } = await space.call(["run", "g.lua"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("The state is in a database, and neither");
  });

  test("a dry run tells what would change, and changes nothing", async () => {
    await space.call(["set", "user", "name", '"Ada"']);
    space.put("a.lua", 'State.save("user", "name", "Grace") print(State.load("user", "name"))');
    const { code, answer } = await space.json("run", "a.lua", "--dry-run");
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      ok: true,
      output: "Grace\n",
      dry_run: true,
      changes: [{ op: "save", namespace: "user", key: "name", before: "Ada", after: "Grace" }],
    });
    const { out, err } = await space.call(["run", "a.lua", "--dry-run"]);
    expect(out).toBe("Grace\n");
    expect(err).toContain('~ user name = "Ada" -> "Grace"');
    expect((await space.call(["get", "user", "name"])).out).toBe('"Ada"\n');
    space.put("b.lua", "print(1)");
    expect((await space.call(["run", "b.lua", "--dry-run"])).err).toContain("nothing would change");
  });

  test("a dry run shows the place where long values differ", async () => {
    const name = (last: string) => `${"🦉".repeat(200)}${last}${"z".repeat(300)}`;
    await space.call(["set", "user", "name", JSON.stringify(name("Ada"))]);
    space.put("long.lua", `State.save("user", "name", ${JSON.stringify(name("Eve"))})`);
    const { err } = await space.call(["run", "long.lua", "--dry-run"]);
    const [was = "", is = ""] = err.split(" = ")[1]?.split(" -> ") ?? [];
    expect(was).toMatch(/^…🦉+Adaz+…$/u);
    expect(is.trim()).toMatch(/^…🦉+Evez+…$/u);
  });
});
