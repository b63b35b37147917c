import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../server/src/engine/engine.ts";
import { openEngine } from "../../server/src/engine/open.ts";
import { luaMigrations } from "../../server/src/runner/migrations.ts";
import { type Bench, openBench } from "./harness.ts";

const LIMITS = { stepMs: 2000, memoryMb: 64 };

let bench: Bench;
beforeAll(async () => {
  bench = await openBench(() => Promise.reject(new Error("no scripts here")));
});
afterAll(() => bench.close());

let folder: string;
let engine: Engine;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "lua-migration-")));
  mkdirSync(join(folder, "migrations"));
  engine = openEngine(
    {
      backend: "sqlite",
      folder: join(folder, "state"),
      durability: "normal",
      historyLimit: 20,
      maxValueBytes: 1024 * 1024,
      schemaVersion: "1.0.0",
      backupDir: join(folder, "backups"),
      backupRetentionDays: 30,
      maxBackups: undefined,
      migrations: join(folder, "migrations"),
    },
    { languages: [luaMigrations(bench.worker, LIMITS)] },
  );
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (source: string, name = "1.0.0__2.0.0.lua") =>
  writeFileSync(join(folder, "migrations", name), source);
const save = (namespace: string, key: string, value: string) =>
  engine.save("test", namespace, key, value);
const value = async (namespace: string, key: string) => (await engine.entry(namespace, key))?.value;

/** What migrating says, where it must fail; the store must be as it was. */
async function failure(source: string): Promise<string> {
  write(source);
  await save("user", "a", '{"n":1}');
  await save("user", "b", '{"n":2}');
  const revision = await engine.revision();
  const error = await engine.migrate("2.0.0").then(
    () => new Error("it migrated"),
    (reason: Error) => reason,
  );
  expect(await engine.revision()).toBe(revision);
  expect(await engine.schemaVersion()).toBe("1.0.0");
  expect(await value("user", "a")).toBe('{"n":1}');
  return error.message;
}

describe("a migration in Lua", () => {
  it("computes with integers of 64 bits", async () => {
    write("return function(entry) entry.value.id = entry.value.id - 1 return entry end");
    await save("big", "id", '{"id":9223372036854775807}');
    await engine.migrate("2.0.0");
    expect(await value("big", "id")).toBe('{"id":9223372036854775806}');
  });

  it("changes, renames, drops and leaves entries", async () => {
    write(`local names = {}
      return function(entry)
        if entry.namespace == "cache" then return nil end
        if entry.namespace == "old" then entry.namespace = "new" entry.key = entry.key:upper() return entry end
        if entry.key == "n" then entry.value = entry.value + 1 return entry end
        return entry
      end`);
    await save("cache", "x", "1");
    await save("old", "k", '{"z":1,"a":[],"f":2.0}');
    await save("user", "n", "41");
    const kept = await save("user", "kept", '{"z":[],"a":{},"deep":[[],{"b":[]}]}');
    expect(await engine.migrate("2.0.0")).toMatchObject({ from: "1.0.0", itemsMigrated: 3 });
    expect(await engine.keys("cache")).toEqual([]);
    expect(await value("new", "K")).toBe('{"a":[],"f":2.0,"z":1}');
    expect(await value("user", "n")).toBe("42");
    // Lua keeps neither the order of keys nor `[]`: what comes back as it was is as it was.
    expect(await engine.entry("user", "kept")).toMatchObject({ revision: kept.revision });
    expect(await value("user", "kept")).toBe('{"z":[],"a":{},"deep":[[],{"b":[]}]}');
  });

  it("keeps empty lists and the number types of what it changes", async () => {
    write("return function(e) e.value.added = 1.0 return e end");
    await save("user", "k", '{"list":[],"object":{},"i":3,"f":3.0}');
    await engine.migrate("2.0.0");
    expect(await value("user", "k")).toBe('{"added":1.0,"f":3.0,"i":3,"list":[],"object":{}}');
  });

  it("may require files beside it, and sees neither State nor the environment", async () => {
    mkdirSync(join(folder, "migrations/lib"));
    write("return {up = string.upper}", "lib/helper.lua");
    write(`local helper = require "lib.helper"
      assert(State == nil and os.getenv("PATH") == nil and io.open == nil)
      print("nobody hears this")
      return function(e) e.value = helper.up(e.value) return e end`);
    await save("user", "k", '"ada"');
    await engine.migrate("2.0.0");
    expect(await value("user", "k")).toBe('"ADA"');
  });

  it("is planned without being done", async () => {
    write("return function(e) e.value = 2 return e end");
    await save("user", "k", "1");
    expect(await engine.planMigration("2.0.0")).toMatchObject({
      itemsMigrated: 1,
      changes: [{ namespace: "user", key: "k", before: "1", after: "2" }],
    });
    expect(await value("user", "k")).toBe("1");
  });

  it("runs many entries in order, with what it remembers", async () => {
    write(`local count = 0
      return function(e) count = count + 1 e.value = count return e end`);
    for (let i = 100; i < 400; i++) await save("many", `k${i}`, "0");
    expect(await engine.migrate("2.0.0")).toMatchObject({ itemsMigrated: 300 });
    expect(await value("many", "k399")).toBe("300");
  });

  it("of the examples runs with the others", async () => {
    const examples = join(import.meta.dirname, "../../examples/migrations");
    const name = "3.0.0__4.0.0.lua";
    write(readFileSync(join(examples, name), "utf8"), "1.0.0__2.0.0.lua");
    await save("session", "s1", '{"last_active":100}');
    await save("session", "s2", "{}");
    await engine.migrate("2.0.0");
    expect(await value("session", "s1")).toBe('{"expires_at":86500,"last_active":100}');
    expect(await engine.keys("session")).toEqual(["s1"]);
  });
});

describe("a migration in Lua that fails changes nothing and says where", () => {
  it.each([
    [
      "return function(e)\nlocal x = e.value.gone.field\nend",
      /1\.0\.0__2\.0\.0\.lua:2: .*nil value/,
    ],
    ["return function(e) error('no way') end", /the entry user\/a cannot be migrated: .*no way/],
    ["return function(e) error({code = 5}) end", /2\.0\.0\.lua:1: .*"code":5/],
    ["return function(e)", /1\.0\.0__2\.0\.0\.lua:1: .*near/],
    ["x = nil + 1", /1\.0\.0__2\.0\.0\.lua:1: attempt to perform arithmetic/],
    ["local x = 1", /it returns nil, not a function\./],
    ["return 5", /it returns number, not a function/],
    ["return function(e) e.value = 1 end", /it gave nothing; give the entry/],
    ["return function(e) return true end", /it gave a boolean; give the entry/],
    ["return function(e) return {1, 2} end", /it gave a list/],
    ["return function(e) e.value = nil return e end", /entry\.value is nil/],
    ["return function(e) e.extra = 1 return e end", /entry\.extra is no field/],
    ["return function(e) e.key = 5 return e end", /entry\.key is not a string/],
    ["return function(e) e.namespace = 'a b' return e end", /new namespace "a b" is not allowed/],
    ["return function(e) e.value.f = print return e end", /entry\.value\.f is a function/],
    ["return function(e) e.key = 'same' return e end", /user\/same/],
    ["return function(e) State.save('a', 'b', 1) end", /2\.0\.0\.lua:1: .*'State'/],
    ["require('../x') return print", /module "\.\.\/x" not found/],
  ])("%s", async (source, message) => {
    expect(await failure(source)).toMatch(message);
  });

  it.each([
    ["return function(e)\nwhile true do end end", /2\.0\.0\.lua:2: it took longer than 2000 ms/],
    ["return function(e) while true do pcall(function() while true do end end) end end", /2000 ms/],
    ["return function(e) string.rep('a', 40):find(('.-'):rep(40) .. 'b') end", /2000 ms/],
    ["while true do end", /it took longer than 2000 ms/],
    ["return function(e) local t = {} while true do t[#t + 1] = {{}, {}} end end", /64 MB/],
    ["return function(e) local s = 'x' while true do s = s .. s end end", /64 MB/],
  ])("a runaway: %s", async (source, message) => {
    expect(await failure(source)).toMatch(message);
  });

  it("can be cancelled", async () => {
    write("return function(e) return e end");
    await save("user", "k", "1");
    await expect(engine.migrate("2.0.0", { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(await engine.schemaVersion()).toBe("1.0.0");
  });
});
