import { describe, expect, it } from "vitest";
import { configuration } from "../support/configuration.ts";
import { findings, fixed, passes, reports } from "../support/rule.ts";

const save = (value: string) => `State.save("app", "settings", ${value})`;

reports("mixed-table", [
  save('⟦table.pack("a", "b")⟧'),
  save("{args = ⟦table.pack(1, ...)⟧}"),
  save('{1, 2, ⟦name = "x"⟧}'),
  save('{name = "x", ⟦1⟧}'),
  save("{⟦[1.5] = 1⟧}"),
  save("{⟦[true] = 1⟧}"),
  save("{⟦[0] = 1⟧, 2}"),
  save("{[1] = 1, ⟦[3] = 3⟧}"),
  save("{⟦[-1] = 1⟧}"),
  save("{1, ⟦nil⟧, 3}"),
  save("{items = {1, ⟦n = 2⟧}}"),
  save("{{1, ⟦n = 2⟧}}"),
  `local t = {1, ⟦n = 2⟧} ${save("t")}`,
  save('{⟦[2] = "b"⟧}'),
  save('{["a"] = 1, ⟦[1] = 2⟧}'),
  'State.agent_set("7", "mood", {1, ⟦n = 2⟧})',
  save("{⟦[{}] = 1⟧}"),
]);

passes("mixed-table", [
  save("table.pack()"),
  save("table.pack(...)"),
  save("table.pack(f())"),
  save("{1, 2, 3}"),
  save("{a = 1, b = 2}"),
  save("{}"),
  save("{[1] = 1, [2] = 2}"),
  save("{[2] = 2, [1] = 1}"),
  save('{["a"] = 1, b = 2}'),
  save("{1, 2, nil}"),
  save("{...}"),
  save("{n = select('#', ...), ...}"),
  save("{[key] = 1, 2}"),
  save("{1, [3] = 3, [2] = 2}"),
  save("{f()}"),
  save("{1, [i] = 2}"),
  save("{1, n = nil}"),
  'local t = {1, n = 2} t.n = nil State.save("app", "settings", t)',
  "local t = {1, n = 2} print(t)",
  'State.load("app", "settings", {1, n = 2})',
]);

reports("mixed-table", [
  `local list = {"a", "b"} list.n = #list ${save("⟦list⟧")}`,
  `local t = {} t.total = 0 table.insert(t, x) ${save("⟦t⟧")}`,
  `local t = {total = 0} for i = 1, 3 do t[#t + 1] = i end ${save("⟦t⟧")}`,
  `local t = {} t[0] = "zero" ${save("⟦t⟧")}`,
  `local t = {} t[true] = 1 ${save("{flags = ⟦t⟧}")}`,
  `local t = {} t[1.5] = 1 ${save("⟦t⟧")}`,
  `local t = {"a"} t["name"] = "b" ${save("⟦t⟧")}`,
  `local t = {name = "b"} t[1] = "a" ${save("⟦t⟧")}`,
]);

passes("mixed-table", [
  `local t = {} t.total = 0 ${save("t")} table.insert(t, x)`,
  `local t = {} for i = 1, 3 do t[#t + 1] = i end table.insert(t, x) ${save("t")}`,
  `local t = {} t.a = 1 t["b"] = 2 ${save("t")}`,
  `local t = {"a"} t.n = 1 t.n = nil ${save("t")}`,
  `local t = {total = 0} t[i] = 1 ${save("t")}`,
  `local t = {total = 0} t = {} t[1] = 1 ${save("t")}`,
  `local t = {[k] = 1} t[1] = 1 t[2] = 2 ${save("t")}`,
  `local t = {items = {}} t.items[1] = 1 table.insert(t.items, 2) ${save("t")}`,
  `local t = {total = 0} local u = {} table.insert(u, x) ${save("t")}`,
  `local table = {insert = f} local t = {total = 0} table.insert(t, x) ${save("t")}`,
  `local t = {a = 1} t[n - 1] = 1 t[#t - 1] = 2 ${save("t")}`,
  `function t() end t = {1} t.x = 2 ${save("t")}`,
]);

reports("unserializable-value", [
  `local t = {} t.me = t ${save("⟦t⟧")}`,
  `local t = {} t.links = {} t.links.up = t ${save("{node = ⟦t⟧}")}`,
  save("⟦function() end⟧"),
  save("{callback = ⟦function() end⟧}"),
  save("{items = {1, {f = ⟦print⟧}}}"),
  save("⟦nil⟧"),
  save("⟦0/0⟧"),
  save("⟦math.huge⟧"),
  save("⟦-math.huge⟧"),
  save("⟦coroutine.create(f)⟧"),
  save("⟦State⟧"),
  save("⟦State.save⟧"),
  `local function f() end ${save("⟦f⟧")}`,
  `local f = function() end ${save("{f = ⟦f⟧}")}`,
  save('⟦io.open("x")⟧'),
  save('⟦"\\xff\\xfe"⟧'),
  save("{⟦tostring⟧}"),
  `function g() end ${save("⟦g⟧")}`,
]);

passes("unserializable-value", [
  `local t = {} t.me = t t.me = nil ${save("t")}`,
  `local t = {} ${save("t")} t.me = t`,
  `local t, u = {}, {} t.other = u ${save("t")}`,
  save("{a = nil}"),
  save("f()"),
  save("coroutine.running()"),
  save("1/0.5"),
  save("0/1"),
  save("math.pi"),
  save("math.huge > 1"),
  save('"caf\\xc3\\xa9"'),
  save('"\\u{FFFD}"'),
  save('"\ufffd"'),
  save("print and 1"),
  save("callback"),
  save("tostring(1)"),
  "State.save(function() end)",
  "local print = 1 State.save('app', 'settings', print)",
  'State.load("app", "settings", print)',
  "local v = nil if x then v = 1 end State.save('app', 'settings', v)",
]);

it("deletes by a fix what is saved as nil", async () => {
  expect(await fixed("unserializable-value", save("nil"), "Change to State.delete")).toBe(
    'State.delete("app", "settings")',
  );
});

reports(
  "oversized-value",
  [
    save(`⟦"${"x".repeat(60)}"⟧`),
    save('⟦string.rep("x", 100)⟧'),
    save('⟦("x"):rep(100)⟧'),
    `local x = "x" ${save("⟦x:rep(100)⟧")}`,
    save('⟦string.rep("x", 10 * 10)⟧'),
    save('⟦string.rep("x", 2 ^ 6 + 1)⟧'),
    save(`⟦{a = "${"x".repeat(60)}"}⟧`),
    save(`⟦{"${"x".repeat(30)}", "${"x".repeat(30)}"}⟧`),
    save(`⟦"${"é".repeat(30)}"⟧`),
    save(`⟦[[${"x".repeat(60)}]]⟧`),
    save(`⟦"${"x".repeat(30)}" .. "${"y".repeat(30)}"⟧`),
    save('⟦{a = string.rep("ab", 40)}⟧'),
    save('⟦string.rep("x", 1000) .. name⟧'),
    `local big = string.rep("x", 100) ${save("⟦big⟧")}`,
    `local t = {a = "${"x".repeat(60)}"} ${save("⟦t⟧")}`,
    save(`⟦{${"1,".repeat(40)}}⟧`),
  ],
  { options: { configuration: configuration({ maxValueBytes: 50 }) } },
);

passes("oversized-value", [
  save('"short"'),
  save('string.rep("x", 1000)'),
  save('string.rep("x", n)'),
  save('("x"):rep(n)'),
  save('("x"):upper(1000000000)'),
  save("text:rep(1000000000)"),
  save('string.rep("x", 2 * 10)'),
  save('string.rep("x", 10 * n)'),
  save("string.rep(text, 10000000)"),
  save("big"),
  save("{}"),
  save(`"${"x".repeat(5000)}"`),
  save('rep("x", 10000000)'),
  save("load_all()"),
  save('string.rep("", 10000000)'),
  save("{a = 1, b = {c = 2}}"),
  'print(string.rep("x", 10000000))',
]);

const flat = (fields: string) => save(`{${fields}}`);

reports("flat-table", [
  save(
    '⟦{auth_enabled = true, auth_provider = "oauth", notif_enabled = false, analytics_enabled = true, analytics_rate = 0.1}⟧',
  ),
  save("⟦{db_host = a, db_port = b, cache_size = c, cache_ttl = d, name = e}⟧"),
  save("⟦{dbHost = a, dbPort = b, cacheSize = c, cacheTtl = d, name = e}⟧"),
  save("⟦{mail_host = a, mail_port = b, mail_user = c, x = 1, y = 2}⟧"),
  save("⟦{ui_theme = a, ui_font = b, ui_size = c, ui_zoom = d, ui_lang = e}⟧"),
  `local t = {db_host = a, db_port = b, cache_size = c, cache_ttl = d, name = e} ${save("⟦t⟧")}`,
  'State.agent_set("7", "config", ⟦{a1_x = 1, a1_y = 2, b1_x = 3, b1_y = 4, c = 5}⟧)',
  "local S = State S.save('a', 'cfg', ⟦{db_host = a, db_port = b, db_name = c, x = 1, y = 2}⟧)",
  save("⟦{ log_level = 1, log_file = 2, log_max = 3, seed = 4, name = 5, kind = 6 }⟧"),
  save("⟦{smtp_host=1, smtp_port=2, imap_host=3, imap_port=4, user=5}⟧"),
  save("⟦{smtp_host=1, smtp_port=2, imap_host=3, imap_port=4, pop_host=5}⟧"),
  save("⟦{user_id=1, user_name=2, user_mail=3, user_age=4, user_tags=5}⟧"),
]);

passes("flat-table", [
  flat("created_at = 1, updated_at = 2, deleted_at = 3, is_new = true, is_old = false"),
  flat("min_x = 1, min_y = 2, max_x = 3, max_y = 4, name = 5"),
  flat("total_chunks = 1, total_items = 2, chunk_size = 3"),
  flat("db_host = a, db_port = b"),
  flat("db_host = a, db_port = b, cache_size = c, cache_ttl = d"),
  flat("auth = {enabled = true}, db_host = 1, db_port = 2, cache_size = 3, cache_ttl = 4"),
  flat("a = 1, b = 2, c = 3, d = 4, e = 5, f = 6"),
  flat("theme = 1, language = 2, timezone = 3, font = 4, size = 5"),
  flat("user_id = 1, session_id = 2, thread_id = 3, agent_id = 4, tool_id = 5"),
  "local t = {db_host = a, db_port = b, cache_size = c, cache_ttl = d, name = e}",
  save("{1, 2, 3, 4, 5}"),
  flat("max_size = 1, max_age = 2, max_items = 3, max_depth = 4, max_users = 5"),
  flat("user_id = 1, user_name = 2, text = 3, at = 4, kind = 5"),
]);

reports("split-record", [
  '⟦State.save("user", "name:" .. id, a)⟧ State.save("user", "email:" .. id, b) State.save("user", "updated:" .. id, c)',
  '⟦State.save("user", id .. ":name", a)⟧ State.save("user", id .. ":email", b) State.save("user", id .. ":theme", c)',
  'local function f(id) ⟦State.save("user", "a:" .. id, 1)⟧ State.save("user", "b:" .. id, 2) State.save("user", "c:" .. id, 3) end',
  '⟦State.save("user", "a:" .. u.id, 1)⟧ State.save("user", "b:" .. u.id, 2) State.save("user", "c:" .. u.id, 3)',
  '⟦State.save(ns, "a:" .. id, 1)⟧ print(1) State.save(ns, "b:" .. id, 2) log() State.save(ns, "c:" .. id, 3)',
  '⟦State.save("u", "a:" .. id, 1)⟧ State.save("u", "b:" .. id, 2) State.save("u", "c:" .. id, 3) State.save("u", "d:" .. id, 4)',
  'for _, id in ipairs(ids) do ⟦State.save("u", "a:" .. id, 1)⟧ State.save("u", "b:" .. id, 2) State.save("u", "c:" .. id, 3) end',
  'if x then ⟦State.save("u", "a:" .. id, 1)⟧ State.save("u", "b:" .. id, 2) State.save("u", "c:" .. id, 3) end',
  'local S = State ⟦S.save("u", "a:" .. id, 1)⟧ S.save("u", "b:" .. id, 2) S.save("u", "c:" .. id, 3)',
  "⟦State.save('u', 'a:' .. id, 1)⟧ State.save('u', [[b:]] .. id, 2) State.save('u', \"c:\" .. (id), 3)".replace(
    "(id)",
    "id",
  ),
  '⟦State.save("u", "a_" .. id, 1)⟧ State.save("u", "b_" .. id, 2) State.save("u", "c_" .. id, 3)',
  '⟦State.save("u", "a:" .. ids[1], 1)⟧ State.save("u", "b:" .. ids[1], 2) State.save("u", "c:" .. ids[1], 3)',
]);

reports("split-record", [
  '⟦State.save("u", "a:" .. id, 1)⟧ local x = f() State.save("u", "b:" .. id, x) y = 3 Logger.info("b") State.save("u", "c:" .. id, 3)',
  'State.save("u", "z:" .. id, 1) work() ⟦State.save("u", "a:" .. id, 1)⟧ State.save("u", "b:" .. id, 2) State.save("u", "c:" .. id, 3)',
]);

passes("split-record", [
  'State.save("log", "start:" .. id, t) work() State.save("log", "end:" .. id, t) State.save("log", "status:" .. id, "ok")',
  'State.save("u", "a:" .. id, 1) if x then y() end State.save("u", "b:" .. id, 2) while z do end State.save("u", "c:" .. id, 3)',
  'State.save("u", "a:" .. id, 1) State.save("u", "b:" .. id, 2) Job.run(id) State.save("u", "c:" .. id, 3)',
]);

passes("split-record", [
  'State.save("user", "profile:display_name", a) State.save("user", "profile:email", b) State.save("user", "profile:age", c)',
  'State.save("user", "name:" .. id, a) State.save("user", "email:" .. id, b)',
  'State.save("user", "name:" .. a, 1) State.save("user", "email:" .. b, 2) State.save("user", "updated:" .. c, 3)',
  'State.save("a1", "name:" .. id, 1) State.save("b1", "email:" .. id, 2) State.save("c1", "updated:" .. id, 3)',
  'State.save("user", "name:" .. id, 1) State.save("user", "name:" .. id, 2) State.save("user", "name:" .. id, 3)',
  'if a then State.save("u", "a:" .. id, 1) elseif b then State.save("u", "b:" .. id, 2) else State.save("u", "c:" .. id, 3) end',
  'local a = State.load("u", "a:" .. id) local b = State.load("u", "b:" .. id) local c = State.load("u", "c:" .. id)',
  'State.delete("u", "a:" .. id) State.delete("u", "b:" .. id) State.delete("u", "c:" .. id)',
  'State.save("stats", "events:" .. kind, events)',
  'State.save("u", id, {name = a, email = b, updated = c})',
  'local function a() State.save("u", "a:" .. id, 1) end local function b() State.save("u", "b:" .. id, 2) end local function c() State.save("u", "c:" .. id, 3) end',
  'State.save("u", "a:" .. id .. ":x", 1) State.save("u", "b:" .. id .. ":y", 2) State.save("u", "c:" .. id .. ":z", 3)',
  'Store.save("u", "a:" .. id, 1) Store.save("u", "b:" .. id, 2) Store.save("u", "c:" .. id, 3)',
]);

describe("shapes that hold themselves", () => {
  it("do not hang a check", async () => {
    expect(await findings("mixed-table", `local t = {} t.t = t ${save("t")}`)).toEqual([]);
  });
});

describe("the fix of flat-table", () => {
  it.each([
    [
      save("{db_host = a, db_port = 5432, cache_size = 10, cache_ttl = 60, name = 'x'}"),
      save("{db = { host = a, port = 5432 }, cache = { size = 10, ttl = 60 }, name = 'x'}"),
    ],
    [
      save("{\n  dbHost = a,\n  name = 1,\n  dbPort = b,\n  dbUser = c,\n  kind = 2,\n}"),
      save("{\n  db = { host = a, port = b, user = c },\n  name = 1,\n  kind = 2,\n}"),
    ],
  ])("nests the groups of %s", async (before, after) => {
    expect(await fixed("flat-table", before, /^Nest /)).toBe(after);
  });

  it.each([
    [
      "another script may load it",
      `${save("{db_host = 1, db_port = 2, db_name = 3, x = 4, y = 5}")} State.load("app", "settings")`,
    ],
    [
      "a comment would be lost",
      save("{db_host = 1, --[[c]] db_port = 2, db_name = 3, x = 4, y = 5}"),
    ],
    [
      "calls would change their order",
      save("{db_host = f(), x = g(), db_port = 2, db_name = 3, y = 5}"),
    ],
    [
      "a field has the group's name",
      save("{db_host = 1, db_port = 2, db_name = 3, db = 4, y = 5}"),
    ],
    ["a rest is no name", save("{db_end = 1, db_port = 2, db_name = 3, x = 4, y = 5}")],
    [
      "it is written elsewhere",
      `local t = {db_host = 1, db_port = 2, db_name = 3, x = 4, y = 5} ${save("t")}`,
    ],
  ])("is not offered where %s", async (_, text) => {
    const [found] = await findings("flat-table", text);
    expect(found?.fixes.map(({ title }) => title)).toEqual(["Silence flat-table on this line"]);
  });
});

describe("the fix of split-record", () => {
  const three =
    'State.save("user", "name:" .. id, a) State.save("user", "email:" .. id, b) State.save("user", "seen:" .. id, os.time())';

  it("saves one table", async () => {
    expect(await fixed("split-record", three, /^Save one table/)).toBe(
      'State.save("user", id, { name = a, email = b, seen = os.time() })',
    );
    expect(
      await fixed(
        "split-record",
        three.replaceAll(/"(\w+):" .. id/g, 'u.id .. ":$1"'),
        /^Save one table/,
      ),
    ).toBe('State.save("user", u.id, { name = a, email = b, seen = os.time() })');
  });

  it.each([
    ["a part is loaded", `${three} State.load("user", "name:" .. id)`],
    ["any key may be loaded", `${three} State.load("user", key)`],
    ["something stands between", three.replace(") State", ") print(1) State")],
    ["a comment would be lost", three.replace(") State", ") --[[ c ]] State")],
    ["a part is no name", three.replace("name:", "end:")],
  ])("is not offered where %s", async (_, text) => {
    const [found] = await findings("split-record", text);
    expect(found?.fixes.map(({ title }) => title)).toEqual(["Silence split-record on this line"]);
  });
});
