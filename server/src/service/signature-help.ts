import { type ApiMember, STATE_MEMBERS, signature } from "../../../shared/src/api.ts";
import type { StateUse } from "../language/model.ts";
import { placeAt } from "../language/place.ts";
import { howToSwitchOn, isSwitchedOff } from "./members.ts";
import type { SignatureHelp, SignatureOptions, SignatureParameter } from "./types.ts";

/** The signature of the State call around an offset (UTF-16), and which parameter stands there. */
export function signatureHelp({
  model,
  offset,
  configuration,
}: SignatureOptions): SignatureHelp | undefined {
  const place = placeAt(model, offset);
  if (place.kind !== "argument") return undefined;
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

/** Of a function of the script that passes its arguments on to State. */
function wrapperHelp(use: StateUse, member: ApiMember, offset: number): SignatureHelp | undefined {
  const { name, parameters } = use.wrapper ?? { name: "", parameters: [] };
  let start = name.length + 1;
  return {
    label: `${name}(${parameters.join(", ")})`,
    documentation: `Calls \`State.${member.name}\`: ${member.doc}`,
    parameters: parameters.map((parameter) => {
      const label = [start, start + parameter.length] as const;
      start = label[1] + ", ".length;
      return { label, documentation: "" };
    }),
    activeParameter: use.commas.filter((comma) => comma < offset).length,
  };
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
