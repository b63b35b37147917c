import type { Finding } from "./finding.ts";

const COMMANDS = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
} as const;

/** Workflow commands: GitHub shows them as annotations on the changed lines. */
export function formatGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ file, line, column, endLine, endColumn, rule, severity, message }) => {
      const properties: Record<string, string | number> = { file, line, endLine };
      // Columns belong to one line; GitHub shows a range of lines without them.
      if (line === endLine) Object.assign(properties, { col: column, endColumn: endColumn });
      const written = Object.entries({ ...properties, title: rule })
        .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
        .join(",");
      return `::${COMMANDS[severity]} ${written}::${escapeMessage(message)}`;
    })
    .join("\n");
}

function escapeMessage(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
