import { readFile, writeFile } from "node:fs/promises";
import { messageOf, StateError, toProblem } from "../../../../shared/src/errors.ts";
import { CONFIG_RULES } from "../../config/rules.ts";
import type { ConfigProblem, StateConfiguration } from "../../config/types.ts";
import { CachedView } from "../../engine/cached-view.ts";
import type { StateView } from "../../engine/types.ts";
import { fixAll } from "../../service/fix-all.ts";
import { ruleUrl } from "../../service/rules/docs-url.ts";
import { RULES } from "../../service/rules/registry.ts";
import { usageError } from "../arguments.ts";
import { type CheckedScript, Checker } from "../check/checker.ts";
import { unifiedDiff } from "../check/diff.ts";
import { type Finding, locator } from "../check/finding.ts";
import { formatGithub } from "../check/github.ts";
import { formatSarif } from "../check/sarif.ts";
import { readScript } from "../check/script-text.ts";
import { findScripts } from "../check/targets.ts";
import { formatText } from "../check/text.ts";
import type { Command, CommandContext, ExitCode } from "../command.ts";
import type { Printable } from "../json.ts";
import { counted } from "../output.ts";
import { shownPath } from "../session.ts";

export const check: Command = {
  name: "check",
  usages: [
    "[PATH...] [--format text|json|sarif|github] [--max-warnings N] [--fix]",
    "[PATH...] --fix-dry-run",
  ],
  summary: "Find mistakes in scripts (files, folders, globs, - for standard input)",
  words: [0, Number.POSITIVE_INFINITY],
  options: {
    format: {
      value: "FORMAT",
      choices: ["text", "json", "sarif", "github"],
      doc: "text, json (as --json), sarif or github",
    },
    fix: { doc: "Apply the fixes that cannot change what a script does" },
    "fix-dry-run": { doc: "Show what --fix would change, as a unified diff; 1 when there is any" },
    "max-warnings": { value: "N", doc: "More warnings than N fail too; errors always do" },
  },
  run: async (context) => {
    const format = context.args.value("format");
    if (context.output.json && (format === "text" || format === "github")) {
      throw usageError(`--json and --format ${format} exclude each other.`);
    }
    if (context.args.flags.has("fix-dry-run")) return await showFixes(context);
    const maxWarnings = context.args.wholeNumber("max-warnings", 0);
    const { findings, scripts, unwritten } = await findAll(context);
    print(context, findings, scripts);
    const count = (severity: Finding["severity"]) =>
      findings.filter((finding) => finding.severity === severity).length;
    const failed =
      unwritten > 0 ||
      count("error") > 0 ||
      (maxWarnings !== undefined && count("warning") > maxWarnings);
    return failed ? 1 : 0;
  },
};

function print(context: CommandContext, findings: readonly Finding[], scripts: number): void {
  const { args, output, version } = context;
  switch (args.value("format") ?? (output.json ? "json" : "text")) {
    case "json":
      output.jsonLine(findings.map(printable));
      break;
    case "sarif":
      output.jsonLine(formatSarif(findings, [...RULES, ...CONFIG_RULES], version));
      break;
    case "github":
      if (findings.length > 0) output.raw(`${formatGithub(findings)}\n`);
      break;
    default:
      output.text(`${formatText(findings, scripts, output)}\n`);
  }
}

function printable({ file, line, column, endLine, endColumn, ...rest }: Finding): Printable {
  const { rule, severity, message } = rest;
  return {
    file,
    line,
    column,
    end_line: endLine,
    end_column: endColumn,
    rule,
    severity,
    message,
  };
}

async function findAll(context: CommandContext) {
  const { session, cwd, args, output } = context;
  const fix = args.flags.has("fix");
  const { configuration, problems } = await session.loaded();
  const { files, fromInput } = await targetsOf(context);
  if (fix && fromInput) throw usageError("check --fix cannot change standard input.");
  const checker = await checkerOf(context);
  await checker.look(files);
  const findings: (readonly Finding[])[] = [await configFindings(problems, configuration, cwd)];
  let fixes = 0;
  let unwritten = 0;
  for (const file of files) {
    const name = shownPath(file, cwd);
    try {
      let checked = await checker.check(file);
      const fixed = fix ? await fixesOf(file, checked, checker) : undefined;
      if (fixed !== undefined && fixed.applied > 0) {
        const problem = await write(file, fixed.after);
        if (problem === undefined) {
          fixes += fixed.applied;
          checked = { text: fixed.text, diagnostics: await checker.find(fixed.text, file) };
        } else {
          unwritten += 1;
          output.note(`warning: ${name} cannot be written, its fixes are not applied: ${problem}.`);
        }
      }
      findings.push(asFindings(name, checked));
    } catch (error) {
      findings.push([unreadable(name, error)]);
    }
  }
  if (fromInput) {
    const text = new TextDecoder().decode(await context.readInput());
    const diagnostics = await checker.find(text, undefined);
    findings.push(asFindings("<stdin>", { text, diagnostics }));
  }
  if (fix) output.note(`${counted(fixes, "fix", "fixes")} applied.`);
  return { findings: findings.flat(), scripts: files.length + (fromInput ? 1 : 0), unwritten };
}

interface Fixed {
  /** Of the whole file, with the byte order mark that it may have. */
  readonly before: string;
  readonly after: string;
  readonly text: string;
  readonly applied: number;
}

/** A script with its fixes applied; undefined where there are none, or where it is no UTF-8. */
async function fixesOf(
  file: string,
  { diagnostics }: CheckedScript,
  checker: Checker,
): Promise<Fixed | undefined> {
  if (diagnostics.every(({ fixes }) => fixes.length === 0)) return undefined;
  const { mark, text, exact } = await readScript(file);
  if (!exact) return undefined;
  const fixed = await fixAll(text, (next) => checker.find(next, file));
  return { ...fixed, before: mark + text, after: mark + fixed.text };
}

/** Why a file cannot be written; undefined where it was. */
async function write(file: string, text: string): Promise<string | undefined> {
  try {
    await writeFile(file, text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** What is told of a script that cannot be read; the others are checked. */
function unreadable(file: string, error: unknown): Finding {
  if (!(error instanceof StateError) || error.code !== "unreadable-file") throw error;
  return {
    file,
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    rule: error.code,
    severity: "error",
    message: error.message,
    docsUrl: ruleUrl("README"),
    source: "",
  };
}

/** Prints what `--fix` would change and changes nothing. */
async function showFixes(context: CommandContext): Promise<ExitCode> {
  const { cwd, args, output } = context;
  const format = args.value("format");
  if (output.json || args.flags.has("fix") || (format !== undefined && format !== "text")) {
    throw usageError("--fix-dry-run shows a diff: it goes with no --json, --format or --fix.");
  }
  const { files, fromInput } = await targetsOf(context);
  if (fromInput) throw usageError("check --fix-dry-run cannot look at standard input.");
  const checker = await checkerOf(context);
  await checker.look(files);
  let fixes = 0;
  for (const file of files) {
    const name = shownPath(file, cwd);
    try {
      const fixed = await fixesOf(file, await checker.check(file), checker);
      fixes += fixed?.applied ?? 0;
      if (fixed !== undefined) output.raw(unifiedDiff(name, fixed.before, fixed.after));
    } catch (error) {
      output.note(`warning: ${unreadable(name, error).message}`);
    }
  }
  output.note(`${counted(fixes, "fix", "fixes")} to apply with --fix.`);
  return fixes > 0 ? 1 : 0;
}

/** The scripts that the words mean, and whether standard input is among them. */
async function targetsOf({ session, cwd, args }: CommandContext) {
  const workspace = await session.folder();
  const paths = args.words.length === 0 ? [workspace] : args.words;
  const named = paths.filter((path) => path !== "-");
  const files = findScripts(named, cwd, workspace).filter((file) => !file.endsWith(".toml"));
  return { files, fromInput: named.length < paths.length };
}

/** Looks at scripts as the editor does: with what is stored and with what all scripts do. */
async function checkerOf(context: CommandContext): Promise<Checker> {
  const { session, args } = context;
  const { configuration } = await session.loaded();
  return new Checker({
    folder: await session.folder(),
    configuration,
    view: configuration === undefined ? undefined : await viewOf(context),
    fixes: args.flags.has("fix") || args.flags.has("fix-dry-run"),
  });
}

/** What is stored, if anything is; scripts are checked without it where it cannot be read. */
async function viewOf({ session, output }: CommandContext): Promise<StateView | undefined> {
  try {
    const { backend, enabled } = await session.configuration();
    if (!enabled || backend === "memory") return undefined;
    const engine = await session.engine();
    await engine.revision();
    return backend === "postgres" ? new CachedView(engine) : engine;
  } catch (error) {
    const { message, next } = toProblem(error);
    output.note(`warning: checked without what is stored: ${message} ${next}`);
    return undefined;
  }
}

function asFindings(file: string, { text, diagnostics }: CheckedScript): readonly Finding[] {
  if (diagnostics.length === 0) return [];
  const places = locator(text);
  return diagnostics.map(({ rule, severity, span, message, docsUrl }) => {
    const start = places.at(span.start);
    const end = places.at(span.end);
    return {
      file,
      ...start,
      endLine: end.line,
      endColumn: end.column,
      rule,
      severity,
      message,
      docsUrl,
      source: places.source(start.line),
    };
  });
}

async function configFindings(
  problems: readonly ConfigProblem[],
  configuration: StateConfiguration | undefined,
  cwd: string,
): Promise<Finding[]> {
  const sources = new Map<string, readonly string[]>();
  const findings: Finding[] = [];
  for (const { rule, message, next, file, range } of problems) {
    const severity =
      configuration?.rules[rule] ?? (rule === "config-unknown-key" ? "warning" : "error");
    if (severity === "off") continue;
    const lines =
      sources.get(file) ?? (await readFile(file, "utf8").catch(() => "")).split(/\r?\n/);
    sources.set(file, lines);
    findings.push({
      file: shownPath(file, cwd),
      line: range.start.line + 1,
      column: range.start.character + 1,
      endLine: range.end.line + 1,
      endColumn: range.end.character + 1,
      rule,
      severity,
      message: `${message} ${next}`,
      docsUrl: ruleUrl(rule),
      source: lines[range.start.line] ?? "",
    });
  }
  return findings;
}
