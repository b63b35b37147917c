import { describe, expect, it } from "vitest";
import { complete } from "../../server/src/service/completion/complete.ts";
import { hover } from "../../server/src/service/hover.ts";
import { scriptsAt } from "./support/scripts.ts";
import { NOW, viewOf } from "./support/view.ts";

/** Fields of stored values where other people's scripts have them: each asked at the cursor ‸. */

const view = viewOf({
  app: { config: '{"db":{"host":"h"},"list":[{"id":1}]}' },
  log: { events: '[{"at":1,"kind":"k"}]' },
  queue: { jobs: '[{"id":"a","tries":0}]' },
  session: { "s:42": '{"hits":1}' },
});

async function offered(fixture: string): Promise<string> {
  const { model, offset, workspace } = scriptsAt(fixture);
  const { items } = await complete({ model, offset, workspace, view });
  return items.map(({ label }) => label).join(" ");
}

const EVENTS = 'State.load("log", "events") or {}';
const JOBS = 'local q = State.load("queue", "jobs") or {}';
const CLASS = `local S = {} S.__index = S
function S.new(id) return setmetatable({id = id}, S) end
function S:load() self.data = State.load("session", "s:" .. self.id) or {} return self end
function S:save() State.save("session", "s:" .. self.id, self.data) return self end
function S:touch() return self:save() end
`;

const RETRY = "local function retry(n, f, ...) return f(...) end\n";

describe("fields are offered of", () => {
  it.each([
    // what is loaded by a function that is given, or kept by another script
    [`${RETRY}local c = retry(3, State.load, "app", "config") print(c.‸)`, "db list"],
    [`${RETRY}print(retry(3, State.load, "app", "‸"))`, "config"],
    ['local DB = setmetatable({}, {__index = State}) print(DB.load("app", "config").‸)', "db list"],
    [
      '-- file: a.lua\nprint(require("m").config.‸)\n-- file: m.lua\nlocal M = {}\nM.config = State.load("app", "config") or {}\nreturn M\n',
      "db list",
    ],
    // items that are taken out of lists
    [`${JOBS} local job = table.remove(q, 1) print(job.‸)`, "id tries"],
    [`${JOBS} while #q > 0 do print(table.remove(q).‸) end`, "id tries"],
    [`local a, b = table.unpack(${EVENTS}) print(a.‸)`, "at kind"],
    [`local a, b = table.unpack(${EVENTS}) print(b.‸)`, "at kind"],
    [`local _, e = next(${EVENTS}) print(e.‸)`, "at kind"],
    [`local i, e = next(${EVENTS}) print(i.‸)`, ""],
    [`${JOBS} local job = table.insert(q, 1) print(job.‸)`, ""],
    [
      "local table = {remove = function() end} local e = table.remove(State.load('log', 'events')) e.‸",
      "",
    ],
    // tables that keep what was loaded
    [
      'local c = {} local function get(k) if c[k] == nil then c[k] = State.load("app", k) end return c[k] end print(get("config").‸)',
      "db list",
    ],
    ['local c = {all = {}} c.all[k] = State.load("app", "config") print(c.all[k].‸)', "db list"],
    ['local c = {all = {}} c.all[k] = State.load("app", "config") print(c[k].‸)', ""],
    ['local c = {} c[k].x = State.load("app", "config") print(c[k].‸)', ""],
    // objects whose methods load
    [`${CLASS}local s = S.new("42") print(s.data.‸)`, "hits"],
    [`${CLASS}print(S.new("42"):load().data.‸)`, "hits"],
    [`${CLASS}print(S.new("42"):load():save():touch().data.‸)`, "hits"],
    [`${CLASS}print(S.new("42").id.‸)`, ""],
    [
      `${CLASS}local T = setmetatable({}, {__index = S}) T.__index = T
function T.new() return setmetatable({id = "1"}, T) end print(T.new().data.‸)`,
      "hits",
    ],
    [
      "local A, B = {}, {} A.__index = B B.__index = A setmetatable(A, B) setmetatable(B, A) print(A.data.‸)",
      "",
    ],
  ])("%s", async (fixture, expected) => {
    expect(await offered(fixture)).toBe(expected);
  });
});

describe("hover tells", () => {
  it.each([
    [`${JOBS} print(table.remove(q).i‸d)`, "`queue` / `jobs`, field `*.id`"],
    [`${CLASS}print(S.new("42"):load().data.hi‸ts)`, "`session` / `s:42`, field `hits`"],
  ])("%s", async (fixture, expected) => {
    const { model, offset, workspace } = scriptsAt(fixture);
    const told = await hover({ model, offset, workspace, view, now: NOW });
    expect(told?.markdown).toContain(expected);
  });
});
