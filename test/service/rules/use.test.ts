import { describe, expect, it } from "vitest";
import { configuration } from "../support/configuration.ts";
import { findings, fixed, passes, reports } from "../support/rule.ts";

reports("argument-count", [
  'State.⟦load⟧("user")',
  "State.⟦load⟧()",
  'State.⟦save⟧("user", "theme")',
  'State.⟦delete⟧("user")',
  "State.⟦list_keys⟧()",
  'State.save("user", "theme", 1, ⟦2⟧)',
  'State.load("user", "theme", ⟦"light"⟧)',
  'State.load("user", "theme", ⟦1, 2⟧)',
  'State.list_keys("user", ⟦"pre"⟧)',
  "State.create_backup(true, ⟦1⟧)",
  "State.⟦restore_backup⟧()",
  "State.list_backups(⟦1⟧)",
  'State:⟦save⟧("user", "theme", 1)',
  'pcall(State.⟦load⟧, "user")',
  'local put = State.save ⟦put⟧("a", "b")',
  'State.⟦load⟧ "user"',
  'local t = State.load("user", "theme", ⟦"light"⟧)',
  'print(#State.load("user", "tags", ⟦{}⟧))',
  'State.⟦save⟧("user", {theme = "dark"})',
]);

passes("argument-count", [
  'State.load("user", "theme")',
  'State.save("user", "theme", nil)',
  "State.create_backup()",
  "State.create_backup(true)",
  "State.list_backups()",
  "State.load(...)",
  "State.save(names())",
  'State.save("user", ...)',
  'State.save("user", pair())',
  'State.load("user", ',
  'State.save("user", )',
  "State.get()",
  "local State = other State.load()",
  'pcall(State.load, "user", "theme")',
]);

reports("argument-type", [
  'State.load(⟦true⟧, "theme")',
  'State.load(⟦nil⟧, "theme")',
  'State.load(⟦{}⟧, "theme")',
  'State.load("user", ⟦{"theme"}⟧)',
  'State.load("user", ⟦nil⟧)',
  'State.load("user", ⟦function() end⟧)',
  'State.save("user", ⟦not x⟧, 1)',
  'State.create_backup(⟦"full"⟧)',
  "State.create_backup(⟦1⟧)",
  "State.restore_backup(⟦{}⟧)",
  "State.restore_backup(⟦true⟧)",
  'local t = {} State.load(⟦t⟧, "theme")',
  "State.list_keys(⟦State⟧)",
  "State.list_keys(⟦State.save⟧)",
]);

passes("argument-type", [
  'State.load("user", "theme")',
  "State.load(1, 2)",
  "State.load(ns, key)",
  'State.save("user", "theme", {})',
  'State.save("user", "theme", nil)',
  "State.create_backup(nil)",
  "State.create_backup(incremental)",
  "State.create_backup(not full)",
  'State.load("user", a or b)',
  'State.load("user:" .. id, tostring(1))',
  "State.load(ids[1], name())",
  'local k = nil if x then k = "a" end State.load("user", k)',
  'local t = {} t.x = 1 State.load("user", t.x)',
  "State.get({})",
  'State.save("user", {theme = "dark"})',
  "State.restore_backup()",
]);

const noBackups = {
  options: { configuration: configuration({ backupEnabled: false }) },
};

reports(
  "disabled-member",
  [
    "State.⟦create_backup⟧(true)",
    'local r = State.⟦restore_backup⟧("x")',
    "local S = State S.⟦list_backups⟧()",
    "if State.list_keys then State.⟦create_backup⟧() end",
    "if x or State.create_backup then State.⟦create_backup⟧() end",
    "if not State.create_backup then State.⟦create_backup⟧() end",
    "if State.create_backup then else State.⟦create_backup⟧() end",
    "State.⟦create_backup⟧() assert(State.create_backup)",
    "if not State.create_backup then print(1) end State.⟦create_backup⟧()",
    "local f = function() return State.⟦create_backup⟧() end",
    'State["⟦create_backup⟧"]()',
    "pcall(State.⟦create_backup⟧, true)",
  ],
  noBackups,
);

passes(
  "disabled-member",
  [
    "if State.create_backup then State.create_backup() end",
    "if State.create_backup ~= nil then State.create_backup() end",
    'if type(State.create_backup) == "function" then State.create_backup() end',
    "local r = State.create_backup and State.create_backup()",
    "local r = not State.create_backup or State.create_backup()",
    "if not State.create_backup then return end State.create_backup()",
    'if not State.create_backup then error("no backups") end State.create_backup()',
    "assert(State.create_backup) State.create_backup()",
    "if State.create_backup and x then for i = 1, 2 do State.create_backup() end end",
    "if State.create_backup then run(function() State.create_backup() end) end",
    'State.load("user", "theme")',
    "local f = State.create_backup",
    "local State = {} State.create_backup()",
  ],
  noBackups,
);

describe("disabled-member", () => {
  it("says nothing where the function is there, or nothing is known", async () => {
    const script = "State.create_backup()";
    expect(await findings("disabled-member", script)).toEqual([]);
    const options = { configuration: undefined };
    expect(await findings("disabled-member", script, { options })).toEqual([]);
  });

  it("says how to switch it on", async () => {
    const [found] = await findings("disabled-member", "State.create_backup()", noBackups);
    expect(found?.message).toBe(
      "State.create_backup is switched off here: it is nil. Set backup_enabled = true in the table [state] of llmspell.toml to switch it on.",
    );
  });
});

reports("unguarded-list-keys", [
  'State.⟦list_keys⟧("user")',
  'local keys = State.⟦list_keys⟧("user")',
  'for _, k in ipairs(State.⟦list_keys⟧("user")) do end',
  'if x then State.⟦list_keys⟧("user") end',
  'if State.load then State.⟦list_keys⟧("user") end',
  'local S = State S.⟦list_keys⟧("user")',
  'if not State.list_keys then State.⟦list_keys⟧("user") end',
  'if State.list_keys then end State.⟦list_keys⟧("user")',
  'local n = #State.⟦list_keys⟧("user")',
  'local f = function() return State.⟦list_keys⟧("user") end',
  'State.⟦list_keys⟧("user") if State.list_keys then end',
  'local x = State.list_keys or State.⟦list_keys⟧("user")',
]);

passes("unguarded-list-keys", [
  'if State.list_keys then State.list_keys("user") end',
  'if State.list_keys ~= nil then State.list_keys("user") end',
  'if State.list_keys == nil then return end State.list_keys("user")',
  'local keys = State.list_keys and State.list_keys("user") or {}',
  'assert(State.list_keys, "needs list_keys") State.list_keys("user")',
  'if not State.list_keys then error("x") end for i = 1, 2 do State.list_keys("user") end',
  'while State.list_keys do State.list_keys("user") break end',
  'if x and State.list_keys then State.list_keys("user") end',
  'if not x or not State.list_keys then return end State.list_keys("user")',
  'pcall(State.list_keys, "user")',
  "local list = State.list_keys",
  'State.workflow_list("7")',
]);

it("guards list_keys by a fix", async () => {
  expect(
    await fixed("unguarded-list-keys", 'local n = #State.list_keys("user")', /^Call it only/),
  ).toBe('local n = #(State.list_keys and State.list_keys("user") or {})');
});

reports("unchecked-result", [
  "⟦State.create_backup(true)⟧",
  '⟦State.restore_backup("x")⟧',
  '⟦State.validate_backup("x")⟧',
  "local b = ⟦State.create_backup()⟧",
  "local b = ⟦State.create_backup()⟧ print(b.backup_id)",
  'local r = ⟦State.restore_backup("x")⟧ print("restored " .. r.entries_restored)',
  "print(⟦State.create_backup()⟧.backup_id)",
  'local b = ⟦State.create_backup()⟧ print(b["size_bytes"])',
  "local S = State ⟦S.create_backup()⟧",
  "if x then ⟦State.create_backup()⟧ end",
  "local function f() ⟦State.create_backup()⟧ end",
  "local a, b = 1, ⟦State.create_backup()⟧ print(a)",
]);

passes("unchecked-result", [
  "State.cleanup_backups(false)",
  "local c = State.cleanup_backups(true) print(c.deleted_count)",
  "local b = State.create_backup() if b.success then print(b.backup_id) end",
  "local b = State.create_backup() if not b.success then error(b.error) end",
  "local b = State.create_backup() print(b.error)",
  'local v = State.validate_backup("x") if v.is_valid then end',
  "return State.create_backup()",
  "local b = State.create_backup() return b",
  "local b = State.create_backup() report(b)",
  "if State.create_backup().success then end",
  "report(State.create_backup())",
  'local b = State.create_backup() print(b["success"])',
  "assert(State.create_backup().success)",
  'State.save("user", "theme", 1)',
  "State.list_backups()",
  "local b = State.create_backup() for k, v in pairs(b) do end",
  "result = State.create_backup()",
]);

reports("save-in-loop", [
  'for i = 1, 3 do State.load("people", "p:" .. i) ⟦State.save("system", "version", i)⟧ end',
  'for i = 1, 10 do ⟦State.save("stats", "count", i)⟧ end',
  'for _, v in ipairs(list) do total = total + v ⟦State.save("stats", "total", total)⟧ end',
  'while x do ⟦State.save("app", "state", s)⟧ end',
  'repeat ⟦State.save("app", "state", s)⟧ until done',
  'local k = "total" for i = 1, 3 do ⟦State.save("stats", k, i)⟧ end',
  'local id = f() for i = 1, 3 do ⟦State.save("user:" .. id, "n1", i)⟧ end',
  "for i = 1, 3 do do ⟦State.save('a', 'total', i)⟧ end end",
  "for i = 1, 3 do for j = 1, 3 do ⟦State.save('a', 'total', i + j)⟧ end end",
  "local function f(id) for i = 1, 3 do ⟦State.save('a', 'x:' .. id, i)⟧ end end",
  "for i = 1, 3 do ⟦State.agent_set('7', 'mood', i)⟧ end",
  "local S = State for i = 1, 3 do ⟦S.save('a', 'total', i)⟧ end",
  "for k, v in pairs(t) do ⟦State.save('a', 'total', v)⟧ end",
]);

reports("save-in-loop", [
  'for i = 1, 3 do print(names["first"](i)) ⟦State.save("app", "count", i)⟧ end',
  'for line in lines() do n = n + #line:upper() ⟦State.save("app", "count", n)⟧ end',
  'local f = g for i = 1, 3 do f(i) ⟦State.save("app", "count", i)⟧ end',
  'for i, v in ipairs(t) do n = n + v.size ⟦State.save("app", "count", n)⟧ end',
  'local Agent = require("my.agent") for i = 1, 3 do Agent.run(i) ⟦State.save("app", "count", i)⟧ end',
  'Agent.create({}) for i = 1, 3 do ⟦State.save("app", "count", i)⟧ end Tool.list()',
  'local a = Agent.create({}) for i = 1, 3 do print(b:run(i)) ⟦State.save("app", "count", i)⟧ end a:run()',
  'for i = 1, 3 do print(coroutine.status(c)) ⟦State.save("app", "count", i)⟧ end',
]);

passes("save-in-loop", [
  'while step <= #steps do steps[step]() step = step + 1 State.save("job", "step", step) end',
  'for i, step in ipairs(steps) do step() State.save("job", "step", i) end',
  'for i, step in ipairs(steps) do (step.run)(i) State.save("job", "step", i) end',
  'local function each(t, f) for i, v in ipairs(t) do f(v) State.save("job", "step", i) end end',
  'for i = 1, 3 do local out = Tool.execute("search", i) State.save("app", "last", out) end',
  'for i = 1, 3 do local ok, out = pcall(Workflow.run, i) State.save("app", "last", out) end',
  'local a = Agent.builder():model("m"):build() for i = 1, 3 do State.save("app", "last", a:run(i)) end',
  'for i = 1, 3 do State.save("app", "count", i) coroutine.yield() end',
  'local n = 0 repeat n = n + 1 State.save("app", "answer", io.read()) until n > 3',
]);

passes("save-in-loop", [
  'for v = 1, 3 do State.save("people", "p:" .. v, 1) State.save("system", "version", v) end',
  'for v = 1, 3 do for _, k in ipairs(keys) do State.save("people", k, 1) end State.save("system", "version", v) end',
  'for v = 1, 3 do State.delete("people", "p:" .. v) State.save("system", "version", v) end',
  'for i = 1, 10 do State.save("data", "chunk:" .. i, chunks[i]) end',
  'for _, user in ipairs(users) do State.save("user", user.id, user) end',
  'for k, v in pairs(t) do State.save(k, "total", v) end',
  'for i = 1, 10 do if i % 5 == 0 then State.save("job", "progress", i) end end',
  'while true do State.save("app", "heartbeat", os.time()) sleep(1) end',
  'for i = 1, 10 do local k = name(i) State.save("a", k, i) end',
  'for i = 1, 10 do State.save("a", name(i), i) end',
  'for i = 1, 10 do State.save("a", "last", i) break end',
  'for i = 1, 10 do register(function() State.save("a", "last", i) end) end',
  'for i = 1, 10 do State.load("a", "last") end',
  'for i = 1, 10 do total = total + i end State.save("a", "total", total)',
  'for i = 1, 10 do key = key .. i State.save("a", key, i) end',
  'for i = 1, 3 do State.delete("a", "x1") end',
]);

reports("version-compare", [
  'State.load("a", "k1") if ⟦version < "2.0.0"⟧ then end',
  'State.load("a", "k1") if ⟦"1.10.0" > version⟧ then end',
  'State.load("a", "k1") if ⟦v <= "1.0"⟧ then end',
  'State.load("a", "k1") if ⟦v >= "v1.2.3"⟧ then end',
  'local T <const> = "2.0.0" State.load("a", "k1") if ⟦v < T⟧ then end',
  'local v = State.load("a", "k1") or "1.0.0" if ⟦v < "2.0.0"⟧ then end',
  'State.load("a", "k1") return not (⟦v < "2.0.0"⟧)',
  'State.load("a", "k1") while ⟦v < "2.0.0"⟧ do end',
  'State.load("a", "k1") local old = ⟦(v) < ("2.0.0")⟧',
  'State.load("a", "k1") if x and ⟦tostring(v) < "2.0.0"⟧ then end',
  'State.load("a", "k1") if ⟦v < "2.0.0-beta.1"⟧ then end',
  'State.load("a", "k1") if ⟦"1.2.3" < "1.2.10"⟧ then end',
]);

passes("version-compare", [
  'State.load("a", "k1") if version == "2.0.0" then end',
  'State.load("a", "k1") if version ~= "2.0.0" then end',
  'State.load("a", "k1") if x < 2.0 then end',
  'State.load("a", "k1") if name < "m" then end',
  'State.load("a", "k1") if date < "2024-01-31" then end',
  'State.load("a", "k1") if n < "10" then end',
  'State.load("a", "k1") if compare_versions(v, "2.0.0") < 0 then end',
  'local T <const> = 2.0 State.load("a", "k1") if v < T then end',
  'State.load("a", "k1") local s = "2.0.0" .. v',
  'State.load("a", "k1") if #v > 3 then end',
  'if version < "2.0.0" then end',
  'State.load("a", "k1") -- v < "2.0.0"',
]);

it("compares versions number by number by a fix", async () => {
  const script = 'local v = State.load("a", "k1")\nif v < "2.0.0" then end';
  const result = await fixed("version-compare", script, "Compare number by number");
  expect(result).toContain('if compare_versions(v, "2.0.0") < 0 then end');
  expect(await findings("version-compare", result)).toEqual([]);
  const again = await fixed("version-compare", `${result}\nprint(v > "3.0")`, /./);
  expect(again.match(/local function compare_versions/g)).toHaveLength(1);
});

it("corrects a method call by a fix", async () => {
  expect(await fixed("argument-count", 'State:load("a", "b1")', "Change to State.load")).toBe(
    'State.load("a", "b1")',
  );
});

describe("a default as the third argument of a load", () => {
  it.each([
    [
      'local t = State.load("app", "theme", "light")',
      'local t = State.load("app", "theme") or "light"',
    ],
    ['print(State.load("app", "tries", 3) + 1)', 'print((State.load("app", "tries") or 3) + 1)'],
    ['f(State.load("app", "list", {}))', 'f((State.load("app", "list") or {}))'],
    ['return State.load("app", "beta", false)', 'return State.load("app", "beta") or false'],
  ])("%s", async (script, expected) => {
    expect(await fixed("argument-count", script, "Make it the default")).toBe(expected);
  });

  it.each([
    'State.load("app", "theme", "light")',
    'local b = State.load("app", "beta", true)',
    'local b = State.load("app", "beta", f())',
    'local b = State.load("app", "beta", 1, 2)',
    'local b = State.list_keys("app", "be")',
  ])("is no fix for %s", async (script) => {
    const [found] = await findings("argument-count", script);
    expect(found?.fixes.map(({ title }) => title)).toEqual(["Silence argument-count on this line"]);
  });
});
