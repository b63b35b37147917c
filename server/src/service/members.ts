import {
  type ApiMember,
  type ApiParameter,
  MISTAKEN_MEMBERS,
  STATE_MEMBERS,
  signature,
} from "../../../shared/src/api.ts";
import { nearest } from "../../../shared/src/nearest.ts";
import type { StateConfiguration } from "../config/types.ts";
import { codeBlock } from "./markdown.ts";

/** Whether the configuration keeps this function from scripts (it is nil there). */
export function isSwitchedOff(
  member: ApiMember,
  configuration: StateConfiguration | undefined,
): boolean {
  if (configuration === undefined || member.gate === undefined) return false;
  return member.gate === "backup_enabled"
    ? !configuration.backupEnabled
    : !configuration.migrationEnabled;
}

/** How to switch a function on, as a sentence; "" when it has no switch. */
export function howToSwitchOn(member: ApiMember, configuration?: StateConfiguration): string {
  if (member.gate === undefined) return "";
  const file = configuration?.file?.split(/[\\/]/).at(-1) ?? "llmspell.toml";
  return `Set \`${member.gate} = true\` in the table \`[state]\` of \`${file}\` to switch it on.`;
}

/** Signature, documentation, parameters and result of a function, as markdown. */
export function describeMember(
  member: ApiMember,
  configuration: StateConfiguration | undefined,
): string {
  const parts = [codeBlock("lua", `State.${signature(member)}`), member.doc];
  if (member.parameters.length > 0) parts.push(member.parameters.map(describeParameter).join("\n"));
  if (member.result !== undefined) parts.push(`Returns ${describeResult(member)}`);
  if (member.gate !== undefined) {
    const off = describeSwitch(member, configuration);
    parts.push(off ?? `Only where the configuration has \`${member.gate}\` on.`);
  }
  return parts.join("\n\n");
}

/** That the configuration keeps a function from scripts, as markdown; undefined where it does not. */
export function describeSwitch(
  member: ApiMember,
  configuration: StateConfiguration | undefined,
): string | undefined {
  if (!isSwitchedOff(member, configuration)) return undefined;
  return `**Switched off here: it is nil in scripts.** ${howToSwitchOn(member, configuration)}`;
}

/** `- `namespace` (string): Logical grouping ...` */
function describeParameter({ name, type, optional, doc }: ApiParameter): string {
  return `- \`${name}\` (${type}${optional ? ", optional" : ""}): ${doc}`;
}

function describeResult({ result }: ApiMember): string {
  if (result === undefined) return "nothing.";
  const type = `\`${result.type}${result.optional ? " | nil" : ""}\``;
  const fields = (result.fields ?? []).map(
    (field) =>
      `- \`${field.name}\` (${field.type}${field.optional ? " or nil" : ""}): ${field.doc}`,
  );
  return [`${type}: ${result.doc}`, ...fields].join("\n");
}

/** The function that someone who wrote `State.NAME` most likely meant; undefined when there is none. */
export function suggestedMember(name: string): string | undefined {
  return MISTAKEN_MEMBERS.has(name)
    ? MISTAKEN_MEMBERS.get(name)
    : nearest(name, STATE_MEMBERS.keys());
}
