import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Severity } from "../../config/types.ts";
import { ruleUrl } from "../../service/rules/docs-url.ts";
import type { Printable } from "../json.ts";
import type { Finding } from "./finding.ts";

/** What SARIF says of a rule beside its findings. */
export interface RuleInfo {
  readonly code: string;
  readonly summary: string;
  readonly defaultSeverity: Severity;
}

const LEVELS = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
  off: "none",
} as const;

/** The findings as one SARIF 2.1.0 document. */
export function formatSarif(
  findings: readonly Finding[],
  rules: readonly RuleInfo[],
  version: string,
): Printable {
  const known = new Set(rules.map(({ code }) => code));
  const others = new Set(findings.map(({ rule }) => rule).filter((rule) => !known.has(rule)));
  const all: readonly RuleInfo[] = [
    ...rules,
    ...Array.from(others, (code) => ({ code, summary: code, defaultSeverity: "warning" as const })),
  ];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "llmspell-state",
            version,
            informationUri: "https://github.com/llmspell/llmspell-state",
            rules: all.map(({ code, summary, defaultSeverity }) => ({
              id: code,
              shortDescription: { text: summary },
              helpUri: ruleUrl(code),
              defaultConfiguration: { level: LEVELS[defaultSeverity] },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: all.findIndex(({ code }) => code === finding.rule),
          level: LEVELS[finding.severity],
          message: { text: finding.message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(finding.file) },
                region: {
                  startLine: finding.line,
                  startColumn: finding.column,
                  endLine: finding.endLine,
                  endColumn: finding.endColumn,
                },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** Relative paths stay relative, with `/` and escaped. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(/[\\/]/).map(encodeURIComponent).join("/");
}
