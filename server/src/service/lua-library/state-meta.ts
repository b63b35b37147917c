import { type ApiMember, type ApiResult, STATE_API } from "../../../../shared/src/api.ts";

const TYPES = `
---What State stores: a table is an array (keys 1..n) or an object (all keys strings).
---@alias llmspell.Value string|number|boolean|table
`;

const STATE = `
---The persistent state of llmspell scripts.
---@class llmspell.State
State = {}
`;

export interface MetaOptions {
  /** Who wrote it and how to have it written again, for whoever opens the file. */
  readonly origin: string;
  /** Further classes, as text that begins and ends with a line break. */
  readonly classes?: string;
  /** Further signatures by the function's name: `fun(namespace: "user", key: "theme"): string`. */
  readonly overloads?: ReadonlyMap<string, readonly string[]>;
}

/** The State API as LuaLS and EmmyLua read it, from the catalogue itself. */
export function stateMeta({ origin, classes = "", overloads = new Map() }: MetaOptions): string {
  const results = STATE_API.flatMap((member) => resultClass(member) ?? []);
  const functions = STATE_API.map((member) =>
    functionText(member, overloads.get(member.name) ?? []),
  );
  const head = `---@meta llmspell.State\n-- ${origin}\n`;
  return [head, TYPES, ...results, classes, STATE, ...functions].join("");
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

function functionText(member: ApiMember, overloads: readonly string[]): string {
  const { name, parameters, gate, doc, result } = member;
  const needs = gate === undefined ? [] : ["---", `---It is nil unless \`${gate}\` is on.`];
  const taken = parameters.map((parameter) => {
    const type = parameter.role === "value" ? "llmspell.Value" : parameter.type;
    return `---@param ${parameter.name}${parameter.optional ? "?" : ""} ${type} ${parameter.doc}`;
  });
  const given = result === undefined ? [] : [`---@return ${returned(member, result)}`];
  const names = parameters.map((parameter) => parameter.name).join(", ");
  const further = overloads.map((overload) => `---@overload ${overload}`);
  const lines = [`---${doc}`, ...needs, ...taken, ...given, ...further];
  lines.push(`function State.${name}(${names}) end`);
  return `\n${lines.join("\n")}\n`;
}

function returned(member: ApiMember, { type, optional, fields, doc }: ApiResult): string {
  const named = fields === undefined ? type : className(member);
  // `any` may be nil already; written as optional it would have to be checked at every use.
  const whole = optional === true && type !== "any" ? `${named}?` : named;
  return `${whole} # ${doc}`;
}
