import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, memoryStore, openBench } from "./harness.ts";

const store = memoryStore();
let bench: Bench;
beforeAll(async () => {
  bench = await openBench(store.connect);
});
afterAll(() => bench.close());

describe("a run", () => {
  it("saves, loads, lists and deletes", async () => {
    const ran = await bench.run(`
      State.save("app", "config", { theme = "dark", sizes = { 1, 2.0 } })
      State.save("app", "count", 1)
      print(State.load("app", "config").theme, State.load("app", "none"))
      print(table.concat(State.list_keys("app"), " "))
      State.delete("app", "count")
      State.delete("app", "never there")
      print(#State.list_keys("app"))`);
    expect(ran.output).toBe("dark\tnil\nconfig count\n1\n");
    expect(await store.value("app", "config")).toBe('{"sizes":[1,2.0],"theme":"dark"}');
    expect(ran).toMatchObject({ ok: true, reads: 4, writes: 3 });
  });

  it("streams what is printed, in order, while it runs", async () => {
    let first: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      first = resolve;
    });
    const run = bench.start('print("one") io.write("tw", "o", 3, "\\n") while true do end', {
      onOutput: () => first(),
    });
    await seen;
    run.cancel();
    const result = await run.result;
    expect(run.output()).toBe("one\ntwo3\n");
    expect(result.error?.code).toBe("script-cancelled");
  });

  it("tells what changed in the end, one change per entry", async () => {
    await store.put("net", "kept", "1");
    await store.put("net", "gone", '"old"');
    const { changes } = await bench.run(`
      State.save("net", "new", 1) State.save("net", "new", 2)
      State.save("net", "kept", 2) State.save("net", "kept", 1)
      State.save("net", "gone", 0) State.delete("net", "gone")`);
    expect(changes).toMatchObject([
      { op: "save", key: "new", after: "2", origin: "script:main.lua" },
      { op: "delete", key: "gone", before: '"old"' },
    ]);
    expect(changes[0]).not.toHaveProperty("before");
    expect(changes[1]).not.toHaveProperty("after");
  });

  it("ends with its finalizers, also when it fails", async () => {
    const source =
      "setmetatable({}, {__gc = function() print('bye') error('unheard') end}) print('hi')";
    expect(await bench.run(source)).toMatchObject({ ok: true, output: "hi\nbye\n" });
    expect(await bench.run(`${source} error('x')`)).toMatchObject({
      output: "hi\nbye\n",
      error: { code: "script-error", message: "main.lua:1: x" },
    });
  });

  it("may call a State function that it kept when its last line is done", async () => {
    const source =
      "local save = State.save State = nil setmetatable({}, {__gc = function() save('late', 'k', 1) end})";
    expect(await bench.run(source)).toMatchObject({
      ok: true,
      writes: 1,
      changes: [{ op: "save", namespace: "late", key: "k", after: "1" }],
    });
  });

  it("has its arguments as ..., arg and ARGS", async () => {
    expect(
      await bench.print("print(..., select('#', ...), arg[0], arg[2], ARGS[1])", {
        args: ["a", "b c"],
      }),
    ).toBe("a\t2\tmain.lua\tb c\ta\n");
  });
});

describe("an error", () => {
  it("has file, line and a traceback of the script's frames", async () => {
    const { error } = await bench.run(
      "local function f()\n  error('boom')\nend\nlocal function g()\n  f()\n  return 1\nend\ng()",
    );
    expect(error).toMatchObject({
      code: "script-error",
      message: "main.lua:2: boom",
      file: join(bench.folder, "main.lua"),
      line: 2,
    });
    expect(error?.traceback).toMatch(
      /main\.lua:2:.*\n.*main\.lua:5:.*\n.*main\.lua:8: in main chunk$/,
    );
  });

  it("of syntax has its line", async () => {
    const { error } = await bench.run("local x = 1\nif x then then end");
    expect(error).toMatchObject({ code: "script-syntax", line: 2 });
    expect(error?.message).toBe("main.lua:2: unexpected symbol near 'then'");
  });

  it("of time comes at the limit, with the line where the script was", async () => {
    const { error, output } = await bench.run("print(1)\n\nwhile true do end", {
      limits: { timeoutMs: 100 },
    });
    expect(error).toMatchObject({ code: "script-timeout", line: 3 });
    expect(output).toBe("1\n");
  });

  it("of a file that is not there names it", async () => {
    rmSync(join(bench.folder, "main.lua"), { force: true });
    const { error } = await bench.run(undefined);
    expect(error?.code).toBe("script-unreadable");
    expect(error?.message).toContain(join(bench.folder, "main.lua"));
  });
});
