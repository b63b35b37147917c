import { GLOBAL_OPTIONS, type OptionSpecs } from "./arguments.ts";
import type { Command } from "./command.ts";

const NAME = "llmspell-state";

/** The help of the whole command line. */
export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    `${NAME}: the state of llmspell scripts, from the command line`,
    "",
    `Usage: ${NAME} [--workspace DIR] [--config FILE] [--json] COMMAND`,
    "",
    "Commands:",
    columns(rows),
    "",
    "Options, anywhere before --:",
    options(GLOBAL_OPTIONS),
    "",
    "Exit codes: 0 done; 1 the answer is no (script failed, findings, missing key, conflict, invalid",
    "backup); 2 wrong usage or configuration; 124 time-out; 130 interrupted.",
    "",
    `See ${NAME} COMMAND --help for a command's options.`,
  ].join("\n");
}

/** The help of one command, or of several that begin with the same word (`backup`). */
export function commandHelp(commands: readonly Command[]): string {
  return commands
    .map(({ name, usages, summary, options: specs }) => {
      const calls = usages.map((usage) => `  ${NAME} ${name} ${usage}`.trimEnd());
      const lines = [summary, "", "Usage:", ...calls];
      if (Object.keys(specs).length > 0) lines.push("", "Options:", options(specs));
      return lines.join("\n");
    })
    .join("\n\n\n");
}

function options(specs: OptionSpecs): string {
  return columns(
    Object.entries(specs).map(([name, { value, doc }]) => [
      value === undefined ? `--${name}` : `--${name} ${value}`,
      doc,
    ]),
  );
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join("\n");
}
