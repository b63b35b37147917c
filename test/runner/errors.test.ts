import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUNTIMES } from "../../server/src/runner/types.ts";
import { type Bench, memoryStore, openBench } from "./harness.ts";

describe.each(RUNTIMES)("on %s:", (runtime) => {
  const store = memoryStore();
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(store.connect, runtime);
  });
  afterAll(() => bench.close());

  const failure = async (source: string) => (await bench.run(source)).error;

  describe("an error value", () => {
    it.each([
      ["a table", "error({code = 42})", '(error object is a table: {"code":42})', 1],
      ["a table that cannot be shown", "error({print})", "(error object is a table value)", 1],
      ["nil", "\nerror(nil)", "(error object is a nil value)", 2],
      ["nothing", "error()", "(error object is a nil value)", 1],
      ["a number", "error(42)", "42", 1],
      ["a boolean", "error(false)", "false", 1],
      ["a function", "error(print)", "(error object is a function value)", 1],
      [
        "a table with __tostring",
        "\n\nerror(setmetatable({}, {__tostring = function() return 'shown' end}))",
        "shown",
        3,
      ],
      ["text without position", "error('plain', 0)", "plain", 1],
    ])("that is %s is shown", async (_, source, message, line) => {
      expect(await failure(source)).toMatchObject({ code: "script-error", message, line });
    });

    it("whose __tostring fails is shown all the same", async () => {
      const error = await failure(
        "error(setmetatable({}, {__tostring = function() error('again') end}))",
      );
      expect(error).toMatchObject({ line: 1 });
      expect(error?.message).toContain("its __tostring failed: main.lua:1: again");
    });
  });

  it("an error of megabytes is told by its beginning", async () => {
    const { message = "" } = (await failure("error(('x'):rep(2^23))")) ?? {};
    expect(message).toMatch(/^[\w.]+:1: x{16000}/);
    expect(message).toMatch(/x\.\.\. \(\d{7} more\)$/);
    expect(message.length).toBeLessThan(17_000);
  });

  describe("an error", () => {
    it("inside a coroutine has the line inside", async () => {
      const error = await failure(
        "local co = coroutine.wrap(function()\n  local x = nil + 1\nend)\nco()",
      );
      expect(error).toMatchObject({ line: 2 });
      expect(error?.message).toContain("attempt to perform arithmetic on a nil value");
    });

    it("of level 2 has the caller's line", async () => {
      expect(
        await failure("local function f()\n error('bad call', 2)\nend\n\nf()\nlocal x"),
      ).toMatchObject({
        line: 5,
        message: "main.lua:5: bad call",
      });
    });

    it("raised again keeps its first line", async () => {
      const source = "local ok, e = pcall(function()\n  error('first')\nend)\n\nerror(e, 0)";
      expect(await failure(source)).toMatchObject({ line: 2 });
    });

    it("of endless recursion says so", async () => {
      const error = await failure("local function f()\n  return 1 + f()\nend\nf()");
      expect(error?.message).toContain("stack overflow");
      expect(error).toMatchObject({ code: "script-error", line: 2 });
    });

    it("of endless recursion of host functions says so", async () => {
      const error = await failure(
        "local t = setmetatable({}, {})\ngetmetatable(t).__tostring = function() return tostring(t) end\nprint(t)",
      );
      expect(error?.message).toMatch(/stack overflow/);
    });

    it("names a line that exists, whatever the message pretends", async () => {
      expect(await failure("error('main.lua:999: forged', 0)")).toMatchObject({ line: 1 });
      expect(await failure("error('/etc/passwd:1: forged', 0)")).toMatchObject({
        file: join(bench.folder, "main.lua"),
      });
    });

    it("in loaded text has the line that loaded it", async () => {
      const error = await failure(
        'local f = load("\\n\\nerror(\'inner\')", "=text")\nlocal r = f()\nreturn r',
      );
      expect(error).toMatchObject({ line: 2, file: join(bench.folder, "main.lua") });
      expect(error?.message).toBe("text:3: inner");
    });

    it.each([
      ["Agent", "local x = Agent.create()"],
      ["Tool", "Tool.invoke('x')"],
      ["Workflow", "Workflow()"],
    ])("for want of %s explains whose it is", async (name, source) => {
      const error = await failure(source);
      expect(error?.message).toContain(`attempt to`);
      expect(error?.message).toContain(`\`${name}\` belongs to the llmspell program`);
    });

    it("for want of a script's own global explains nothing", async () => {
      expect((await failure("Agnet.create()"))?.message).toBe(
        "main.lua:1: attempt to index a nil value (global 'Agnet')",
      );
    });

    it.each([
      "io.open('x')",
      "os.exit(1)",
      "debug.traceback()",
      "os.execute('ls')",
      "dofile('x.lua')",
    ])("for want of %s explains that it is left out", async (source) => {
      expect((await failure(source))?.message).toContain("is left out on purpose");
    });
  });

  describe("a test for a global of llmspell", () => {
    it("is false, and no error", async () => {
      expect(
        await bench.print(
          "if Agent then print('yes') else print('no') end print(type(Tool), Logger == nil)",
        ),
      ).toBe("no\nnil\ttrue\n");
    });
  });

  describe("a syntax error", () => {
    it.each([
      ["unfinished", "print('a'\n\n", 3, "')' expected (to close '(' at line 1) near <eof>"],
      ["stray", "local x = 5\nend", 2, "<eof> expected near 'end'"],
      ["unknown attribute", "local f <other> = 1", 1, "unknown attribute 'other'"],
      [
        "const assigned",
        "local f <const> = 1\nf = 2",
        2,
        "attempt to assign to const variable 'f'",
      ],
      [
        "const assigned in a function",
        "local f <const> = 1\nlocal function g()\n f = 2 end",
        3,
        "attempt to assign to const variable 'f'",
      ],
      [
        "const assigned in a function within",
        "local f <const> = 1\nlocal function g() return function()\n f = 2 end end",
        3,
        "attempt to assign to const variable 'f'",
      ],
      ["goto without label", "goto nowhere", 1, "no visible label 'nowhere'"],
    ])("(%s) has its line", async (_, source, line, message) => {
      const error = await failure(source);
      expect(error).toMatchObject({
        code: "script-syntax",
        line,
        file: join(bench.folder, "main.lua"),
      });
      expect(error?.message).toContain(message);
    });

    it.runIf(runtime === "fengari")("for what fengari lacks says so", async () => {
      expect(await failure("\nlocal f <close> = nil")).toMatchObject({
        line: 2,
        message: expect.stringContaining("the attribute <close> needs Lua 5.4"),
      });
      expect(await failure("local x = 1\nlocal y = 9007199254740993")).toMatchObject({
        line: 2,
        message: expect.stringContaining("exact up to 2^53"),
      });
    });

    it("in a function for a constant of an outer one is none where another is meant", async () => {
      expect(
        await bench.print(
          "local f <const>, g = 1, 2 g = 3 do local f = 5 f = 6 print(f) end print(f + g)",
        ),
      ).toBe("6\n4\n");
    });
  });

  describe("a script file", () => {
    const run = async (content: string | Uint8Array, file = "main.lua") => {
      bench.write({ [file]: content });
      return bench.run(undefined, { file: join(bench.folder, file) });
    };

    it.skipIf(process.platform === "win32")("that is a pipe is not waited for", async () => {
      execFileSync("mkfifo", [join(bench.folder, "pipe.lua")]);
      const ran = await bench.run(undefined, { file: join(bench.folder, "pipe.lua") });
      expect(ran.error).toMatchObject({ code: "script-unreadable" });
    });

    it("may begin with a byte order mark", async () => {
      expect(await run("\u{FEFF}print('ok')")).toMatchObject({ ok: true, output: "ok\n" });
    });

    it("may begin with a shebang line, which counts", async () => {
      expect(await run("#!/usr/bin/env lua\nprint('ok')\nerror('here')")).toMatchObject({
        output: "ok\n",
        error: { line: 3 },
      });
      expect(await run("\u{FEFF}#!/usr/bin/env lua")).toMatchObject({ ok: true });
    });

    it("may have CRLF line ends", async () => {
      expect(await run("print('a')\r\nprint('b')\r\nerror('c')\r\n")).toMatchObject({
        output: "a\nb\n",
        error: { line: 3 },
      });
    });

    it("may be empty", async () => {
      expect(await run("")).toMatchObject({ ok: true, output: "" });
    });

    it("may hold bytes that are not UTF-8", async () => {
      const bytes = Buffer.concat([
        Buffer.from("local s = '"),
        Buffer.from([0xff, 0xe9]),
        Buffer.from("' print(#s) State.save('a', 'b', s)"),
      ]);
      const ran = await run(bytes);
      expect(ran.output).toBe("2\n");
      expect(ran.error?.message).toContain("not valid UTF-8");
    });

    it("of bytecode is refused", async () => {
      const { error } = await run(new Uint8Array([0x1b, 0x4c, 0x75, 0x61]));
      expect(error?.message).toContain("binary");
    });

    it("with a long path is shown whole", async () => {
      const file = `${"folder-with-a-long-name/".repeat(5)}script.lua`;
      const { error } = await run("\nerror('x')", file);
      expect(error).toMatchObject({
        message: `${file}:2: x`,
        file: join(bench.folder, file),
        line: 2,
      });
    });

    it("with a name that is not ASCII is shown as it is", async () => {
      const { error } = await run("error('x')", "größe 東.lua");
      expect(error).toMatchObject({ message: "größe 東.lua:1: x", line: 1 });
    });

    it("that is a folder, or gone, is named", async () => {
      const { error } = await bench.run(undefined, { file: bench.folder });
      expect(error).toMatchObject({ code: "script-unreadable", file: bench.folder });
    });
  });
});
