import { type ApiMember, STATE_MEMBERS, signature } from "../../../shared/src/api.ts";
import type { ScriptModel, StateUse } from "../language/model.ts";
import { placeAt } from "../language/place.ts";
import { codeSpan } from "./markdown.ts";
import { howToSwitchOn, isSwitchedOff } from "./members.ts";
import type { SignatureHelp, SignatureOptions, SignatureParameter } from "./types.ts";

/** The signature of the State call around an offset (UTF-16), and which parameter stands there. */
export function signatureHelp({
  model,
  offset,
  configuration,
}: SignatureOptions): SignatureHelp | undefined {
  const place = placeAt(model, offset);
  if (place.kind !== "argument") return around(model, offset);
  const member = STATE_MEMBERS.get(place.use.member);
  if (member === undefined) return undefined;
  if (place.use.wrapper !== undefined) return wrapperHelp(place.use, member, offset);
  const off = isSwitchedOff(member, configuration)
    ? ` ${howToSwitchOn(member, configuration)}`
    : "";
  return {
    label: `State.${signature(member)}`,
    documentation: member.doc + off,
    parameters: parametersOf(member),
    activeParameter: place.index,
  };
}

/** Of the innermost function around an argument that it does not pass on. */
function around(model: ScriptModel, offset: number): SignatureHelp | undefined {
  let found: StateUse | undefined;
  for (const use of model.wrapperUses) {
    const { argsSpan, span } = use;
    const inside = argsSpan !== undefined && offset >= argsSpan.start && offset <= argsSpan.end;
    if (inside && (found === undefined || span.start > found.span.start)) found = use;
  }
  const member = found && STATE_MEMBERS.get(found.member);
  return found && member && wrapperHelp(found, member, offset);
}

/** Of a function of the script that passes its arguments on to State. */
function wrapperHelp(use: StateUse, member: ApiMember, offset: number): SignatureHelp | undefined {
  const { name, parameters: named } = use.wrapper ?? { name: "", parameters: [] };
  const parameters = [...named, ...extraParameters(use, member, named.length)];
  let start = name.length + 1;
  return {
    label: `${name}(${parameters.join(", ")})`,
    documentation: `Calls \`State.${member.name}\`: ${member.doc}`,
    parameters: parameters.map((parameter, slot) => {
      const label = [start, start + parameter.length] as const;
      start = label[1] + ", ".length;
      return { label, documentation: passedAs(use, member, slot) };
    }),
    activeParameter: use.commas.filter((comma) => comma < offset).length,
  };
}

/** What `...` is to State, by the names that its functions have for it: `retry(n, f, namespace, key)`. */
function extraParameters(use: StateUse, member: ApiMember, from: number): readonly string[] {
  const extra: string[] = [];
  for (let slot = from; ; slot++) {
    const index = use.args.findIndex((argument) => argument.slot === slot);
    const parameter = index < 0 ? undefined : member.parameters[index];
    if (parameter === undefined) return extra;
    extra.push(parameter.name);
  }
}

/** What a parameter is to State: `The key, after "v1:". Unique identifier ...` */
function passedAs(use: StateUse, member: ApiMember, slot: number): string {
  const index = use.args.findIndex((argument) => argument.slot === slot);
  const parameter = member.parameters[index];
  if (parameter === undefined) return "";
  const { before, after } = use.args[index]?.within ?? { before: "", after: "" };
  const places = [
    ...(before === "" ? [] : [`after ${codeSpan(before)}`]),
    ...(after === "" ? [] : [`before ${codeSpan(after)}`]),
  ];
  const around = places.length === 0 ? "" : `, ${places.join(" and ")}`;
  return `(${parameter.type}) The ${parameter.name}${around}. ${parameter.doc}`;
}

function parametersOf(member: ApiMember): SignatureParameter[] {
  let start = "State.".length + member.name.length + "(".length;
  return member.parameters.map(({ name, type, optional, doc }) => {
    const end = start + name.length + (optional ? 1 : 0);
    const label = [start, end] as const;
    start = end + ", ".length;
    return { label, documentation: `(${type}) ${doc}` };
  });
}
