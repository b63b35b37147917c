import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUNTIMES } from "../../server/src/runner/types.ts";
import { type Bench, memoryStore, openBench } from "./harness.ts";

/** A compiled function that prints LEAKED, as escapes of a Lua string. */
const bytecode = existsSync("/usr/bin/lua5.4")
  ? execFileSync("/usr/bin/lua5.4", [
      "-e",
      `io.write((string.dump(function() print("LEAKED") end):gsub(".", function(c) return ("\\\\x%02x"):format(c:byte()) end)))`,
    ]).toString()
  : "\\27Lua";

describe.each(RUNTIMES)("on %s:", (runtime) => {
  const store = memoryStore();
  let bench: Bench;
  let outside: string;
  beforeAll(async () => {
    bench = await openBench(store.connect, runtime);
    outside = join(bench.folder, "../outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "secret.lua"), 'print("LEAKED") return "LEAKED"');
    symlinkSync(outside, join(bench.folder, "linked"));
    symlinkSync(join(outside, "secret.lua"), join(bench.folder, "alias.lua"));
    if (process.platform !== "win32") execFileSync("mkfifo", [join(bench.folder, "pipe.lua")]);
    bench.write({
      "inside.lua": "return { name = ... }",
      "lib/init.lua": 'return "lib"',
      "lib/deep/part.lua": 'return require("inside").name .. "/part"',
      "broken.lua": "\nlocal x = = 1",
      "failing.lua": "local function f()\n  error('from module')\nend\nf()",
      "cyclic.lua": 'return require("cyclic")',
      "binary.lua": new Uint8Array([0x1b, 0x4c, 0x75, 0x61, 0x53]),
      "data.json": "{}",
      "counted.lua": "loads = (loads or 0) + 1 return loads",
    });
  });
  afterAll(() => bench.close());

  /** Each attempt must print exactly `safe`, or fail; whatever prints LEAKED or acts has escaped. */
  const ATTEMPTS: Readonly<Record<string, string>> = {
    "io.open": 'io.open("/etc/passwd")',
    "io.lines": 'io.lines("/etc/passwd")',
    "io.popen": 'io.popen("id")',
    "io.read": "io.read()",
    "io.input": 'io.input("/etc/passwd")',
    "io.output": 'io.output("/tmp/x")',
    "io.tmpfile": "io.tmpfile()",
    "io.stdin": "io.stdin:read()",
    "the io.stdout's metatable": 'getmetatable(io.stdout).__index.open("/etc/passwd")',
    "os.execute": 'os.execute("touch TARGET")',
    "os.remove": 'os.remove("INSIDE")',
    "os.rename": 'os.rename("INSIDE", "TARGET")',
    "os.exit": "os.exit(0)",
    "os.tmpname": "os.tmpname()",
    "os.setlocale": 'os.setlocale("C")',
    "os.getenv of PATH": 'print(os.getenv("PATH") == nil and "safe" or "LEAKED")',
    "os.getenv of HOME": 'print(os.getenv("HOME") == nil and "safe" or "LEAKED")',
    "os.getenv of __proto__": 'print(os.getenv("__proto__") == nil and "safe" or "LEAKED")',
    "os.getenv of constructor": 'print(os.getenv("constructor") == nil and "safe" or "LEAKED")',
    dofile: 'dofile("/etc/passwd")',
    loadfile: 'loadfile("/etc/passwd")()',
    "package.loadlib": 'package.loadlib("/tmp/x.js", "*")',
    "package.searchers": 'package.searchers[2]("fs")',
    "package.searchpath": 'package.searchpath("secret", "OUTSIDE/?.lua")',
    "package.cpath": "package.cpath:len()",
    "package.path moved": 'package.path = "OUTSIDE/?.lua" require("secret")',
    "package.path with a module of the workspace": 'package.path = "/?.lua" require("etc.passwd")',
    "package.loaded.fengari": "package.loaded.fengari.version()",
    "package.loaded.debug": "package.loaded.debug.getregistry()",
    "package.loaded.io": 'package.loaded.io.open("/etc/passwd")',
    "package.loaded._G.dofile": 'package.loaded._G.dofile("/etc/passwd")',
    "require of a parent folder": 'require("../outside/secret")',
    "require of dots": 'require("..outside.secret")',
    "require of an absolute path": 'require("OUTSIDE/secret")',
    "require through a linked folder": 'require("linked.secret")',
    "require of a linked file": 'require("alias")',
    "require of a pipe, which nobody writes to": 'require("pipe")',
    "require of fs": 'require("fs")',
    "require of node:fs": 'require("node:fs")',
    "require of child_process": 'require("child_process").execSync("id")',
    "require of a JSON file": 'require("data.json")',
    "require of an empty name": 'require("")',
    "require with a zero byte": 'require("inside\\0")',
    "require of bytecode": 'require("binary")',
    "require of a folder": 'require("lib.deep")',
    "require of a table": "require({})",
    "load of bytecode": 'load("\\27Lua", "b", "b")()',
    "load of bytecode in binary mode": 'assert(load("\\27LuaS", "=x", "b"))',
    "load of bytecode from a function":
      'local first = true assert(load(function() if first then first = false return "\\27Lua" end end))()',
    "load of real bytecode": 'load("BYTECODE")()',
    "load of real bytecode in binary mode": 'load("BYTECODE", "b", "b")()',
    "load of real bytecode in both modes": 'load("BYTECODE", "b", "bt", _G)()',
    "load of real bytecode with more arguments": 'load("BYTECODE", "b", "B", _G, "b", "bt")()',
    "load of real bytecode from a function":
      'local first = true load(function() if first then first = false return "BYTECODE" end end, "b", "b")()',
    "load of real bytecode by the loaded library": 'package.loaded._G.load("BYTECODE", "b", "b")()',
    "load of real bytecode in a coroutine": 'coroutine.wrap(load)("BYTECODE", "b", "b")()',
    "a closing variable":
      'local x <close> = setmetatable({}, {__close = function() io.open("/etc/passwd") end})',
    "the warnings' switch": 'warn("@on")',
    "the registry by a table of modules":
      'print(package.loaded.debug == nil and rawlen(package.loaded) == 0 and "safe" or "LEAKED")',
    "string.dump": "string.dump(print)",
    "string.dump through a string": '("").dump(function() end)',
    debug: "debug.getregistry()",
    "debug.sethook": "debug.sethook()",
    "debug.getupvalue": "debug.getupvalue(State.save, 1)",
    "debug.setmetatable": "debug.setmetatable(nil, {})",
    js: 'js.global:eval("1")',
    "fengari library": "fengari.RELEASE()",
    process: "process.exit(1)",
    globalThis: "globalThis.process.exit(1)",
    "a host function's metatable": "getmetatable(print).__index.constructor()",
    "a host function's fields": "print.constructor()",
    "State.save's constructor": 'State.save.constructor("return process")()',
    "the constructor of a table":
      'local t = {} print(t.constructor == nil and t.__proto__ == nil and t.toString == nil and "safe" or "LEAKED")',
    "the constructor of a string":
      'local s = "" print(s.constructor == nil and s.__proto__ == nil and "safe" or "LEAKED")',
    "pollution by a key of a table":
      'local t = {} t.__proto__ = {polluted = "LEAKED"} print(({}).polluted == nil and "safe" or "LEAKED")',
    "pollution by a saved key":
      'State.save("s", "p", {["__proto__"] = {polluted = 1}, constructor = {prototype = {polluted = 1}}}) print(({}).polluted == nil and State.load("s", "p").__proto__.polluted == 1 and ({}).polluted == nil and "safe" or "LEAKED")',
    "pollution by a key of the store":
      'State.save("s", "constructor", 1) State.save("constructor", "toString", 2) print(({}).toString == nil and State.load("constructor", "toString") == 2 and "safe" or "LEAKED")',
    "a stored name of the prototype":
      'print(State.load("toString", "constructor") == nil and State.load("s", "hasOwnProperty") == nil and "safe" or "LEAKED")',
    "an error that is a host object":
      'local ok, e = pcall(string.rep, "x", -1, setmetatable({}, {__index = error})) print(type(e) ~= "userdata" and "safe" or "LEAKED")',
    "errors of the runtime are text":
      'local ok, e = pcall(string.rep, ("x"):rep(1e6), 2000) print((ok or type(e) == "string") and "safe" or "LEAKED")',
    "stack overflow of the host is text":
      'local t = {} for i = 1, 190 do t = setmetatable({}, {__index = t}) end local ok, e = pcall(function() local p = ("("):rep(300) return load("return " .. p) end) print(type(e) ~= "userdata" and "safe" or "LEAKED")',
    "a metatable on strings stays in the script":
      'getmetatable("").__index = function() return "LEAKED" end print("safe")',
    "forged chunk name":
      'local f = load("error(\'x\')", "@/etc/passwd") local ok, e = pcall(f) print("safe")',
    "State overwritten is the script's own":
      'State = {save = function() return "mine" end} print(State.save() == "mine" and "safe" or "LEAKED")',
    "the engine's other methods":
      'print(State.call == nil and State.close == nil and State.page == nil and "safe" or "LEAKED")',
    "a method name for an argument":
      'print(pcall(State.save, "close", "__proto__", 1) == false and "safe" or "LEAKED")',
    "coroutines keep the sandbox": 'coroutine.wrap(function() io.open("/etc/passwd") end)()',
    "an environment of its own": 'load("return io.open", "c", "t", {io = io})()("/etc/passwd")',
    "_ENV of a function": 'local _ENV = {io = io} io.open("/etc/passwd")',
    "a finalizer":
      'setmetatable({}, {__gc = function() io.open("/etc/passwd") end}) collectgarbage() print("safe")',
  };

  describe("an escape by", () => {
    it.each(Object.entries(ATTEMPTS))("%s is refused", async (_, attempt) => {
      const target = join(bench.folder, "target");
      const source = attempt
        .replaceAll("OUTSIDE", outside)
        .replaceAll("INSIDE", join(bench.folder, "inside.lua"))
        .replaceAll("TARGET", target)
        .replaceAll("BYTECODE", bytecode);
      const ran = await bench.run(source, { limits: { timeoutMs: 5000 } });
      expect(ran.output).not.toContain("LEAKED");
      if (ran.ok) expect(ran.output).toBe("safe\n");
      else expect(ran.error?.code).toMatch(/^script-(error|syntax|memory)$/);
      expect(existsSync(target)).toBe(false);
      expect(existsSync(join(bench.folder, "inside.lua"))).toBe(true);
    });

    it("at least 60 ways was tried", () => {
      expect(Object.keys(ATTEMPTS).length).toBeGreaterThanOrEqual(60);
    });
  });

  describe("the globals", () => {
    it("are these and no others", async () => {
      const output = await bench.print(`
      local function names(t) local out = {} for k in pairs(t) do out[#out + 1] = k end table.sort(out) return table.concat(out, " ") end
      print(names(_G)) for _, t in ipairs({"io", "os", "package", "coroutine", "string", "table", "utf8"}) do print(t, names(_G[t])) end`);
      expect(output.split("\n")).toEqual([
        "ARGS State _G _VERSION arg assert collectgarbage coroutine error getmetatable io ipairs load math next os package pairs pcall print rawequal rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 xpcall",
        "io\tflush stderr stdout write",
        "os\tclock date difftime getenv time",
        "package\tloaded path preload",
        "coroutine\tclose create isyieldable resume running status wrap yield",
        "string\tbyte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper",
        "table\tconcat insert move pack remove sort unpack",
        "utf8\tchar charpattern codepoint codes len offset",
        "",
      ]);
    });

    it("give the allowed environment variables", async () => {
      const environment = { LLMSPELL_MODE: "test" };
      expect(
        await bench.print('print(os.getenv("LLMSPELL_MODE"), os.getenv("OTHER"))', { environment }),
      ).toBe("test\tnil\n");
    });
  });

  describe("require", () => {
    it("finds files of the workspace, once per run", async () => {
      const output = await bench.print(`
      print(require("inside").name, require("lib"), require("lib.deep.part"))
      print(require("counted"), require("counted"), loads)
      print(package.loaded.inside == require("inside"))
      package.preload.made = function(name) return name .. "!" end
      print(require("made"))`);
      expect(output).toBe("inside\tlib\tinside/part\n1\t1\t1\ntrue\nmade!\n");
    });

    it("also finds files beside the script", async () => {
      bench.write({
        "scripts/main.lua": 'print(require("helper"))',
        "scripts/helper.lua": "return 7",
      });
      expect(
        await bench.run(undefined, { file: join(bench.folder, "scripts/main.lua") }),
      ).toMatchObject({
        output: "7\n",
      });
      rmSync(join(bench.folder, "scripts"), { recursive: true });
    });

    it("says where it looked", async () => {
      const { error } = await bench.run('\nrequire("a.b")');
      expect(error).toMatchObject({ line: 2, file: join(bench.folder, "main.lua") });
      expect(error?.message).toContain("module 'a.b' not found");
      expect(error?.message).toContain("no file 'a/b.lua'");
      expect(error?.message).toContain("no file 'a/b/init.lua'");
    });

    it("places a syntax error in the module", async () => {
      const { error } = await bench.run('require("broken")');
      expect(error).toMatchObject({ file: join(bench.folder, "broken.lua"), line: 2 });
    });

    it("places a runtime error in the module, with the way there", async () => {
      const { error } = await bench.run('\nrequire("failing")');
      expect(error).toMatchObject({ file: join(bench.folder, "failing.lua"), line: 2 });
      expect(error?.message).toBe("failing.lua:2: from module");
      expect(error?.traceback).toMatch(/failing\.lua:4: [\s\S]*main\.lua:2: /);
    });

    it("of itself ends with an error", async () => {
      const { error } = await bench.run('require("cyclic")');
      expect(error).toMatchObject({
        message: "cyclic.lua:1: module 'cyclic' requires itself: cyclic -> cyclic",
      });
      expect(
        await bench.print("print(pcall(require, 'cyclic')) print(pcall(require, 'cyclic'))"),
      ).toMatch(/requires itself.*\n.*requires itself.*\n$/);
    });
  });
});
