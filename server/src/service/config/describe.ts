import { databaseAddress, describeAddress } from "../../../../shared/src/database-url.ts";
import type { StateConfiguration } from "../../config/types.ts";
import { codeSpan } from "../markdown.ts";
import { ruleUrl } from "../rules/docs-url.ts";
import type { SettingNode } from "./settings-tree.ts";

/** What a setting means, may be, is by default and is now, as markdown. */
export function describeSetting(
  node: SettingNode,
  path: readonly string[],
  configuration: StateConfiguration | undefined,
): string {
  const parts = [codeSpan(node.kind === undefined ? `[${path.join(".")}]` : path.join("."))];
  if (node.doc !== "") parts.push(node.doc);
  const facts = [
    ...(node.kind === undefined ? [] : [`Must be ${node.kind.expected}.`]),
    ...(node.fallback === undefined ? [] : [`Default: ${node.fallback}.`]),
    ...effectiveFact(node, configuration),
  ];
  if (facts.length > 0) parts.push(facts.map((fact) => `- ${fact}`).join("\n"));
  if (node.rule !== undefined) parts.push(`[About this rule](${ruleUrl(node.rule)})`);
  return parts.join("\n\n");
}

function whereIs(url: string): string {
  return codeSpan(describeAddress(databaseAddress(url)));
}

function effectiveFact(
  { effective, kind, list, rule }: SettingNode,
  configuration: StateConfiguration | undefined,
): string[] {
  if (configuration === undefined) return [];
  if (rule !== undefined) {
    const chosen = configuration.rules[rule];
    return chosen === undefined ? [] : [`Here: ${codeSpan(chosen)}.`];
  }
  if (list !== undefined)
    return [`Here: ${codeSpan(JSON.stringify(configuration.nameLists[list]))}.`];
  if (effective === undefined) return [];
  const settings: Readonly<Record<string, unknown>> = {
    ...configuration,
    ...configuration.postgres,
  };
  const value = settings[effective];
  if (value === undefined) return effective === "maxBackups" ? ["Here: no limit."] : [];
  // Of a secret only what may be shown.
  if (kind?.secret === true)
    return typeof value === "string" && value !== "" ? [`Here: ${whereIs(value)}.`] : [];
  const unit = effective === "backupRetentionDays" ? " days" : "";
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return [`Here: ${codeSpan(shown)}${unit}.`];
}
