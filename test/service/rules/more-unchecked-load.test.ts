import { passes, reports } from "../support/rule.ts";

const LOAD = 'State.load("user", "prefs")';
const N = 'local n = State.load("stats", "hits") ';
const GET = 'local function get(k) return State.load("user", "profile:" .. k) end ';

passes("unchecked-load", [
  `if ${LOAD} then print(${LOAD}.theme) end`,
  `if ${LOAD} ~= nil then local p = ${LOAD} print(p.theme) end`,
  `if type(${LOAD}) == "table" then print(${LOAD}.theme) end`,
  `if x and ${LOAD} then print(${LOAD}.theme) end`,
  `if not ${LOAD} then print(1) else print(${LOAD}.theme) end`,
  `if ${LOAD} == nil then print(1) elseif x then print(${LOAD}.theme) end`,
  `if not ${LOAD} then return end print(${LOAD}.theme)`,
  `if not ${LOAD} then error("none") end print(${LOAD}.theme)`,
  `while ${LOAD} do print(${LOAD}.theme) State.delete("user", "prefs") end`,
  `print(${LOAD} and ${LOAD}.theme)`,
  `print(${LOAD} == nil or ${LOAD}.theme)`,
  `if ${LOAD} then State.save("user", key, 1) print(${LOAD}.theme) end`,
  `if State.agent_get("7", "mood") then print(State.load("agent:7", "mood").level) end`,
  `local function f(id) if State.load("user", id) then print(State.load("user", id).name) end end`,
  `${GET}if get("a") then print(get("a").name) end`,
  `${GET}print(get("a") and get("a")[1])`,
  // a comparison that the default does not pass
  `${N}if (n or 0) > 5 then print(n - 1) end`,
  `${N}if 5 < (n or 0) then print(n - 1) end`,
  `${N}if (n or -1) >= 0 then print(n - 1) end`,
  `${N}if (n or 0) <= 5 then return end print(n - 1)`,
  `${N}if (n or "") ~= "" then print(#n) end`,
  `${N}if (n or "0") == "2" then print(#n) end`,
  `${N}while (n or 0) > 0 do n = n - 1 end`,
  `${N}print((n or 0) > 0 and n - 1 or 0)`,
]);

reports("unchecked-load", [
  `if ${LOAD} then print(⟦State.load("user", "other")⟧.theme) end`,
  `if not ${LOAD} then print(⟦${LOAD}⟧.theme) end`,
  `if ${LOAD} then print(1) end print(⟦${LOAD}⟧.theme)`,
  `if ${LOAD} then State.delete("user", "prefs") print(⟦${LOAD}⟧.theme) end`,
  `if ${LOAD} then State.delete("user", key) print(⟦${LOAD}⟧.theme) end`,
  `if not ${LOAD} then print(1) end print(⟦${LOAD}⟧.theme)`,
  `print(${LOAD} or ⟦${LOAD}⟧.theme)`,
  `if ${LOAD} or x then print(⟦${LOAD}⟧.theme) end`,
  `${GET}if get("a") then print(⟦get("b")⟧.name) end`,
  `${N}if (n or 6) > 5 then print(⟦n⟧ - 1) end`,
  `${N}if (n or 0) > 5 then print(1) else print(⟦n⟧ - 1) end`,
  `${N}if (n or 0) > x then print(⟦n⟧ - 1) end`,
  `${N}if (n or x) > 5 then print(⟦n⟧ - 1) end`,
  `${N}if (n or "") == "" then print(#⟦n⟧) end`,
  `${N}if (n or 5) >= 5 then print(⟦n⟧ - 1) end`,
]);
