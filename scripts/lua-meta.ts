/**
 * Writes media/lua/state.lua, the State API as LuaLS and EmmyLua read it, from the catalogue itself:
 * `node scripts/lua-meta.ts`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { type ApiMember, type ApiResult, STATE_API } from "../shared/src/api.ts";

const FILE = new URL("../media/lua/state.lua", import.meta.url);

const HEAD = `---@meta llmspell.State
-- Written by \`node scripts/lua-meta.ts\` from shared/src/api.ts: change it there.

---What State stores: a table is an array (keys 1..n) or an object (all keys strings).
---@alias llmspell.Value string|number|boolean|table
`;

const STATE = `
---The persistent state of llmspell scripts.
---@class llmspell.State
State = {}
`;

/** The text of media/lua/state.lua. */
export function luaMeta(): string {
  const classes = STATE_API.flatMap((member) => resultClass(member) ?? []);
  return [HEAD, ...classes, STATE, ...STATE_API.map(functionText)].join("");
}

/** The class of what a function gives, where its fields are known. */
function resultClass(member: ApiMember): string | undefined {
  const fields = member.result?.fields;
  if (fields === undefined) return undefined;
  const lines = fields.map(
    ({ name, type, optional, doc }) => `---@field ${name}${optional ? "?" : ""} ${type} ${doc}\n`,
  );
  return `\n---@class ${className(member)}\n${lines.join("")}`;
}

function className({ name }: ApiMember): string {
  return `llmspell.State.${name}.Result`;
}

function functionText(member: ApiMember): string {
  const { name, parameters, gate, doc, result } = member;
  const needs = gate === undefined ? [] : ["---", `---It is nil unless \`${gate}\` is on.`];
  const taken = parameters.map((parameter) => {
    const type = parameter.role === "value" ? "llmspell.Value" : parameter.type;
    return `---@param ${parameter.name}${parameter.optional ? "?" : ""} ${type} ${parameter.doc}`;
  });
  const given = result === undefined ? [] : [`---@return ${returned(member, result)}`];
  const names = parameters.map((parameter) => parameter.name).join(", ");
  const lines = [`---${doc}`, ...needs, ...taken, ...given, `function State.${name}(${names}) end`];
  return `\n${lines.join("\n")}\n`;
}

function returned(member: ApiMember, { type, optional, fields, doc }: ApiResult): string {
  const named = fields === undefined ? type : className(member);
  // `any` may be nil already; written as optional it would have to be checked at every use.
  const whole = optional === true && type !== "any" ? `${named}?` : named;
  return `${whole} # ${doc}`;
}

if (import.meta.main) {
  mkdirSync(new URL(".", FILE), { recursive: true });
  writeFileSync(FILE, luaMeta());
}
