import { counted, type Output } from "../output.ts";
import type { Finding } from "./finding.ts";

/** Widest part of a source line that is shown. */
const WIDTH = 120;

const COLORS = { error: "red", warning: "yellow", information: "blue", hint: "gray" } as const;

/** Findings for people: place, rule and message, the source line, a mark below it, a summary. */
export function formatText(findings: readonly Finding[], scripts: number, output: Output): string {
  const blocks = findings.map((finding) => formatFinding(finding, output));
  return [...blocks, summary(findings, scripts)].join("\n\n");
}

function formatFinding(finding: Finding, output: Output): string {
  const { file, line, column, severity, rule, message } = finding;
  const place = output.style("bold", `${file}:${line}:${column}`);
  const heading = `${place} ${output.style(COLORS[severity], severity)} ${message} (${rule})`;
  const margin = String(line);
  const { text, mark } = excerpt(finding);
  if (text === "") return heading;
  return [
    heading,
    `${output.style("gray", `${margin} |`)} ${text}`,
    `${output.style("gray", `${" ".repeat(margin.length)} |`)} ${output.style(COLORS[severity], mark)}`,
  ].join("\n");
}

/** The line, or the part of a long one around the finding, and a mark that stands below it. */
function excerpt({ source, line, column, endLine, endColumn }: Finding): {
  text: string;
  mark: string;
} {
  const begin = column - 1;
  const end = endLine === line ? endColumn - 1 : source.length;
  const from =
    source.length <= WIDTH ? 0 : Math.max(0, Math.min(begin - 20, source.length - WIDTH));
  const shown = source.slice(from, from + WIDTH);
  const marked = source.slice(Math.min(begin, from + WIDTH), Math.min(end, from + WIDTH));
  const before = from > 0 ? "…" : "";
  const after = from + WIDTH < source.length ? "…" : "";
  return {
    text: `${before}${shown}${after}`.replaceAll("\t", " "),
    mark:
      " ".repeat(before.length + width(source.slice(from, begin))) +
      "^".repeat(Math.max(1, width(marked))),
  };
}

/** Characters rather than UTF-16 units. */
function width(text: string): number {
  return [...text].length;
}

function summary(findings: readonly Finding[], scripts: number): string {
  const checked = `${counted(scripts, "script", "scripts")} checked`;
  if (findings.length === 0) return `${checked}, no findings.`;
  const counts = (["error", "warning", "information", "hint"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    if (count === 0) return [];
    return counted(count, severity, severity === "information" ? severity : `${severity}s`);
  });
  return `${checked}: ${counts.join(", ")}.`;
}
