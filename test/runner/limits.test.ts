import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUNTIMES } from "../../server/src/runner/types.ts";
import { type Bench, memoryStore, openBench } from "./harness.ts";
import { RUNAWAYS } from "./runaways.ts";

describe.each(RUNTIMES)("on %s:", (runtime) => {
  const store = memoryStore();
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(store.connect, runtime);
  });
  afterAll(() => bench.close());

  describe("a script is ended at its time limit:", () => {
    it.each(Object.entries(RUNAWAYS))("%s", async (_, source) => {
      const { error, durationMs } = await bench.run(`print("begun") ${source}`, {
        limits: { timeoutMs: 150 },
      });
      expect(error?.code).toBe("script-timeout");
      expect(error?.message).toContain("150 ms");
      // Generous: the machine may be busy. What is meant is that it ends, and not much later.
      expect(durationMs).toBeLessThan(5000);
    });

    it("with the line and the frames where it was, when it lets itself be asked", async () => {
      const { error } = await bench.run("local function spin()\n  while true do end\nend\nspin()", {
        limits: { timeoutMs: 100 },
      });
      expect(error).toMatchObject({ code: "script-timeout", line: 2 });
      expect(error?.traceback).toMatch(
        /main\.lua:2: in local 'spin'\n\tmain\.lua:4: in main chunk$/,
      );
    });

    it("but not before, however long it is", async () => {
      const ran = await bench.run("print(1)", { limits: { timeoutMs: Number.MAX_SAFE_INTEGER } });
      expect(ran).toMatchObject({ ok: true, output: "1\n" });
    });

    it("and what it printed and saved before is told", async () => {
      const ran = await bench.run(
        'print("first") State.save("before", "end", 1) print("second") string.find(("a"):rep(40), ("a*"):rep(30) .. "b")',
        { limits: { timeoutMs: 150 } },
      );
      expect(ran).toMatchObject({ ok: false, output: "first\nsecond\n", writes: 1 });
      expect(ran.changes).toMatchObject([{ namespace: "before", key: "end", after: "1" }]);
    });
  });

  /** Scripts that would take all the memory there is. */
  const HUNGRY: Readonly<Record<string, string>> = {
    "a growing table": "local t = {} while true do t[#t + 1] = {1, 2, 3} end",
    "a growing table, caught":
      "local t = {} while true do pcall(function() t[#t + 1] = {#t, {}} end) end",
    "a doubling string": "local s = 'xxxxxxxx' while true do s = s .. s end",
    "many long strings": "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end",
    "a huge rep": "local t = {} for i = 1, 100 do t[i] = ('x'):rep(500000000) end",
    "many coroutines":
      "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
    "many closures":
      "local t = {} while true do local n = #t t[n + 1] = function() return n end end",
    "a growing concat":
      "local t = {} for i = 1, 1e6 do t[i] = ('x'):rep(1000) end while true do t[#t + 1] = table.concat(t) end",
  };

  /** These take seconds each: the others run with the long tests. */
  const QUICK: ReadonlySet<string> = new Set(["a growing table, caught", "a doubling string"]);
  const chosen = Object.entries(HUNGRY).filter(
    ([name]) => process.env["LLMSPELL_LONG"] !== undefined || QUICK.has(name),
  );

  describe("a script is ended at its memory limit:", () => {
    it.each(chosen)("%s", async (_, source) => {
      const { error } = await bench.run(source, { limits: { memoryMb: 16 } });
      expect(error?.code).toMatch(/^script-memory$|^script-error$/);
      if (error?.code === "script-error")
        expect(error.message).toMatch(/not enough memory|too large/);
    });

    it.runIf(runtime === "lua54")("exactly, with the line that wanted more", async () => {
      const mib = (n: number) =>
        `local kept = ("x"):rep(${n} * 1048576)\nprint(#kept // 1048576)\npcall(function() kept = kept .. kept end)`;
      const within = await bench.run(mib(6), { limits: { memoryMb: 20 } });
      expect(within).toMatchObject({ ok: true, output: "6\n" });
      const beyond = await bench.run(mib(9), { limits: { memoryMb: 20 } });
      expect(beyond).toMatchObject({ output: "9\n", error: { code: "script-memory", line: 3 } });
      expect(beyond.error?.traceback).toMatch(/main\.lua:3: in /);
    });

    it.runIf(runtime === "lua54")("also where a library function was refused", async () => {
      const source = "local t = {}\nfor i = 1, 1e9 do t[i] = ('x'):rep(70000) end";
      const limits = { memoryMb: 8 };
      const { error } = await bench.run(source, { limits });
      expect(error).toMatchObject({ code: "script-memory", line: 2 });
      const inside = await bench.run(`coroutine.wrap(function() ${source} end)()`, { limits });
      expect(inside.error?.code).toBe("script-memory");
      const own = await bench.run("error('not enough memory', 0)");
      expect(own.error?.code).toBe("script-error");
    });

    it("but not for what it no longer holds", async () => {
      const ran = await bench.run(
        "local n = 0 for i = 1, 1500 do local s = ('x'):rep(100000) .. i n = n + #s end for i = 1, 100000 do local t = {i} end print(n > 0)",
        { limits: { memoryMb: 64 } },
      );
      expect(ran.error).toBeUndefined();
    });
  });

  describe("a script is ended at its output limit", () => {
    it("with what fits, and the line that printed too much", async () => {
      const { error, output } = await bench.run('for i = 1, 100 do\n  print(("x"):rep(9))\nend', {
        limits: { outputBytes: 95 },
      });
      expect(error).toMatchObject({ code: "script-output", line: 2 });
      expect(output).toBe(`${"xxxxxxxxx\n".repeat(9)}xxxxx`);
    });

    it("even when it catches errors", async () => {
      const { error } = await bench.run("while true do pcall(print, 'x') end", {
        limits: { outputBytes: 1000 },
      });
      expect(error?.code).toBe("script-output");
    });

    it("but not by output of exactly that size", async () => {
      const ran = await bench.run('io.write(("é"):rep(50))', { limits: { outputBytes: 100 } });
      expect(ran).toMatchObject({ ok: true, output: "é".repeat(50) });
    });
  });

  describe("a cancelled script", () => {
    it.each([
      ["in a loop", "print('ready') while true do end"],
      ["in a loop that catches", "print('ready') while true do pcall(error) end"],
      ["in a pattern", "print('ready') string.find(('a'):rep(40), ('a*'):rep(30) .. 'b')"],
      ["in State calls", "print('ready') while true do State.save('x', 'y', 1) end"],
    ])("ends %s", async (_, source) => {
      const ready = Promise.withResolvers<void>();
      const run = bench.start(source, { onOutput: () => ready.resolve() });
      await ready.promise;
      run.cancel();
      run.cancel();
      expect((await run.result).error?.code).toBe("script-cancelled");
    });

    it("before it began ends too", async () => {
      const run = bench.start("while true do end");
      run.cancel();
      expect((await run.result).error?.code).toBe("script-cancelled");
    });

    it("after its end changes nothing", async () => {
      const run = bench.start("print(1)");
      const result = await run.result;
      run.cancel();
      expect(result.ok).toBe(true);
    });

    it("leaves others running", async () => {
      const ready = Promise.withResolvers<void>();
      const endless = bench.start("print(1) while true do end", {
        onOutput: () => ready.resolve(),
      });
      await ready.promise;
      expect(await bench.print("print(2)")).toBe("2\n");
      endless.cancel();
      await endless.result;
    });
  });

  describe("limits that a configuration sets", () => {
    it("end a run after so many instructions, also of guarded code", async () => {
      const loop = "print('on')\nwhile true do pcall(function() while true do end end) end";
      const { error, output } = await bench.run(loop, { limits: { instructions: 1_000_000 } });
      expect(error).toMatchObject({ code: "script-instructions", line: 2 });
      expect(error?.message).toContain("1000000 Lua instructions");
      expect(output).toBe("on\n");
      expect((await bench.run("print(1)", { limits: { instructions: 1_000_000 } })).ok).toBe(true);
    });

    it("end a run after so many State calls", async () => {
      const source = "for i = 1, 10 do pcall(State.load, 'a', 'b') end print('all')";
      expect((await bench.run(source, { limits: { stateCalls: 10 } })).output).toBe("all\n");
      const { error } = await bench.run(source, { limits: { stateCalls: 9 } });
      expect(error).toMatchObject({ code: "script-state-calls", line: 1 });
    });

    it.each([
      ["none", "State print"],
      ["basic", "State print coroutine table string math"],
      ["safe", "State print coroutine table string math utf8 os io"],
    ] as const)("leave libraries out: %s", async (libraries, expected) => {
      const source = `local names = {"State", "print", "coroutine", "table", "string", "math", "utf8", "os", "io"}
      local text = nil
      for i = 1, #names do
        if _G[names[i]] ~= nil then text = (text and text .. " " or "") .. names[i] end
        assert((package.loaded[names[i]] ~= nil) == (_G[names[i]] ~= nil) or i < 3 or i > 7)
      end
      print(text)`;
      expect(await bench.print(source, { libraries })).toBe(`${expected}\n`);
    });

    it("and still run the guide's calls", async () => {
      const source = "State.save('a', 'b', {1, x and 2}) print(State.load('a', 'b')[1])";
      expect(await bench.print(source, { libraries: "none" })).toBe("1\n");
    });
  });
});
