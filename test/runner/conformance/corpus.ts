import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One short script of the conformance suite. */
export interface Case {
  readonly name: string;
  readonly source: string;
}

/** The cases of `AREA.lua` beside this file: each begins with a line `--- name`. */
export function readCases(area: string): readonly Case[] {
  const text = readFileSync(join(import.meta.dirname, `${area}.lua`), "utf8");
  return text
    .split(/^--- /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      return { name: part.slice(0, end), source: part.slice(end + 1).trimEnd() };
    });
}

const MARK = "\u0001case ";

/** A script that runs each case by itself and prints what it prints, or its error, between marks. */
export function driver(cases: readonly Case[]): string {
  const calls = cases.map(({ source }, i) => `run(${i}, [======[\n${source}]======])`);
  return `local State = State or {}
local pcall, load, tostring, write, setmetatable, G = pcall, load, tostring, io.write, setmetatable, _G
local function run(i, source)
  write("${MARK}", i, "\\n")
  local f, e = load(source, "=case", "t", setmetatable({State = State}, {__index = G}))
  if not f then write("syntax error: ", e, "\\n") return end
  local ok, e = pcall(f)
  if not ok then write("error: ", tostring(e), "\\n") end
end
${calls.join("\n")}`;
}

/** What each case printed, from the driver's output. */
export function answers(output: string): readonly string[] {
  return output
    .split(MARK)
    .slice(1)
    .map((part) => part.slice(part.indexOf("\n") + 1));
}
