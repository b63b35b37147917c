import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterEach, describe, expect, it } from "vitest";
import { KeptLua } from "../../server/src/runner/kept-lua.ts";
import { luaMigrations } from "../../server/src/runner/migrations.ts";
import { type Bench, memoryStore, openBench } from "./harness.ts";

const WASM = createRequire(import.meta.url).resolve("wasmoon/dist/glue.wasm");
const ENTRY = { namespace: "user", key: "a", value: "1" };

let bench: Bench | undefined;
afterEach(() => bench?.close());

async function benchWith(lua: KeptLua): Promise<Bench> {
  bench = await openBench(memoryStore().connect, "lua54", lua);
  return bench;
}

/** Lua 5.4 that says another version of itself: whoever runs it was given it. */
function marked(): WebAssembly.Module {
  const bytes = readFileSync(WASM);
  const at = bytes.indexOf("Lua 5.4\0");
  bytes.write("Lua 7.7", at);
  return new WebAssembly.Module(Uint8Array.from(bytes));
}

/** What a migration says about its Lua. */
async function migrated(worker: string, lua: KeptLua): Promise<string | undefined> {
  const migrations = luaMigrations(worker, undefined, lua);
  const migration = await migrations.open({
    name: "1__2.lua",
    path: "/dev/null/1__2.lua",
    text: "return function(entry) entry.value = _VERSION return entry end",
  });
  const entry = await migration.step(ENTRY);
  await migration.close();
  return entry?.value;
}

describe("compiled Lua", () => {
  it("is left by the first run, and not replaced by later ones", async () => {
    const lua = new KeptLua();
    const { print } = await benchWith(lua);
    expect(await print("print(_VERSION)")).toBe("Lua 5.4\n");
    const first = lua.compiled;
    expect(first).toBeInstanceOf(WebAssembly.Module);
    await print("print(_VERSION)");
    lua.keep(marked());
    expect(lua.compiled).toBe(first);
  });

  it("is what later runs run, each with a state of its own", async () => {
    const lua = new KeptLua();
    lua.keep(marked());
    const { print } = await benchWith(lua);
    expect(await print("print(_VERSION) left = 1 string.left = 1")).toBe("Lua 7.7\n");
    expect(await print("print(_VERSION, left, string.left)")).toBe("Lua 7.7\tnil\tnil\n");
  });

  it("serves runs at the same time, also while one is ended by force", async () => {
    const { run } = await benchWith(new KeptLua());
    const endless = run("while true do string.rep('x', 1e6):find(('.-'):rep(20) .. 'y') end", {
      limits: { timeoutMs: 200 },
    });
    const others = [1, 2, 3].map((n) => run(`print(${n})`));
    expect((await Promise.all(others)).map(({ output }) => output)).toEqual(["1\n", "2\n", "3\n"]);
    expect((await endless).error?.code).toBe("script-timeout");
    expect((await run("print(4)")).output).toBe("4\n");
  });

  it("is not needed by fengari", async () => {
    const lua = new KeptLua();
    const { print } = await benchWith(lua);
    await print("print(1)", { runtime: "fengari" });
    expect(lua.compiled).toBeUndefined();
  });

  it("goes from migration to migration", async () => {
    const { worker } = await benchWith(new KeptLua());
    const lua = new KeptLua();
    expect(await migrated(worker, lua)).toBe('"Lua 5.4"');
    expect(lua.compiled).toBeInstanceOf(WebAssembly.Module);
    const other = new KeptLua();
    other.keep(marked());
    expect(await migrated(worker, other)).toBe('"Lua 7.7"');
  });
});
