import { type Problem, type StateError, toProblem } from "../../../shared/src/errors.ts";
import { nearest } from "../../../shared/src/nearest.ts";
import {
  type Arguments,
  GLOBAL_OPTIONS,
  type OptionSpecs,
  readArguments,
  usageError,
} from "./arguments.ts";
import type { Command, CommandArguments, ExitCode, Surroundings } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { complete } from "./complete.ts";
import { exitCodeOf } from "./exit.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { Output, type Sink } from "./output.ts";
import { reportProblem } from "./report.ts";
import { Session } from "./session.ts";

export interface CliOptions extends Surroundings {
  /** The arguments after node and script. */
  readonly args: readonly string[];
  readonly out: Sink;
  readonly err: Sink;
}

/** Runs one call of the command line; every failure is printed, none is thrown. */
export async function runCli(options: CliOptions): Promise<ExitCode> {
  // Known before the arguments are, so that wrong ones are told in JSON too.
  const end = options.args.indexOf("--");
  const json = options.args.slice(0, end === -1 ? undefined : end).includes("--json");
  const output = new Output(json, options.out, options.err);
  try {
    if (options.args[0] === "__complete") return await answerCompletion(options, output);
    return await dispatch(options, output);
  } catch (error) {
    const interrupted = options.signal.aborted;
    const problem = interrupted ? INTERRUPTED : toProblem(error);
    reportProblem(problem, output);
    return interrupted ? 130 : exitCodeOf(problem.code);
  }
}

const INTERRUPTED: Problem = {
  code: "interrupted",
  message: "Interrupted.",
  next: "Start the command again.",
};

async function dispatch(options: CliOptions, output: Output): Promise<ExitCode> {
  const args = readArguments(options.args, allOptions());
  if (args.flags.has("version")) {
    output.answer({ version: options.version }, () => options.version);
    return 0;
  }
  if (args.flags.has("help") || args.words[0] === "help" || args.words.length === 0) {
    return help(args, output);
  }
  const command = findCommand(args.words);
  const commandArgs = argumentsOf(command, args);
  const { cwd, environment, runnerWorker } = options;
  const [workspace, config] = [commandArgs.value("workspace"), commandArgs.value("config")];
  const session = new Session({ cwd, environment, workspace, config, runnerWorker, output });
  try {
    return await command.run({ ...options, session, output, args: commandArgs });
  } finally {
    await session.close();
  }
}

/** `__complete SHELL LINE`: what the completion scripts ask; one word a line. */
async function answerCompletion(options: CliOptions, output: Output): Promise<ExitCode> {
  const [, shell = "", line = ""] = options.args;
  const { cwd, environment, runnerWorker } = options;
  const silent = new Output(false, options.out, { write: () => undefined });
  const words = await complete(shell, line, COMMANDS, (given) => {
    const [workspace, config] = [given.get("workspace"), given.get("config")];
    return new Session({ cwd, environment, workspace, config, runnerWorker, output: silent });
  });
  if (words.length > 0) output.raw(`${words.join("\n")}\n`);
  return 0;
}

function help(args: Arguments, output: Output): ExitCode {
  const words = args.words[0] === "help" ? args.words.slice(1) : args.words;
  const asked = args.flags.has("help") || args.words[0] === "help";
  if (!asked) throw usageError("A command is missing.", generalHelp(COMMANDS));
  const commands = words.length === 0 ? [] : commandsNamed(words);
  const text = commands.length === 0 ? generalHelp(COMMANDS) : commandHelp(commands);
  output.answer({ help: text }, () => text);
  return 0;
}

/** Every option that some command has. */
function allOptions(): OptionSpecs {
  return Object.assign({}, GLOBAL_OPTIONS, ...COMMANDS.map(({ options }) => options));
}

/** The commands that the words begin with, or that begin with the words. */
function commandsNamed(words: readonly string[]): readonly Command[] {
  const exact = COMMANDS.filter(({ name }) => startsWith(words, name.split(" ")));
  if (exact.length > 0) return exact;
  const group = COMMANDS.filter(({ name }) => startsWith(name.split(" "), words));
  if (group.length > 0) return group;
  throw unknownCommand(words);
}

function findCommand(words: readonly string[]): Command {
  const command = COMMANDS.find(({ name }) => startsWith(words, name.split(" ")));
  if (command === undefined) throw unknownCommand(words);
  return command;
}

function startsWith(words: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((word, index) => words[index] === word);
}

function unknownCommand(words: readonly string[]): StateError {
  const [first = "", second = ""] = words;
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const names = group.map(({ name }) => name.slice(first.length + 1));
    const near = nearest(second, names);
    const next =
      near === undefined ? `Use one of ${names.join(", ")}.` : `Did you mean ${first} ${near}?`;
    return usageError(
      second === ""
        ? `${first} needs a command of its own.`
        : `There is no command ${first} ${second}.`,
      next,
    );
  }
  const meant = commandsLike(first);
  return usageError(
    `There is no command ${first}.`,
    meant.length === 0 ? "See llmspell-state --help." : `Did you mean ${meant.join(" or ")}?`,
  );
}

/** What other programs call a command. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["list", "ls"],
  ["load", "get"],
  ["show", "get"],
  ["save", "set"],
  ["delete", "rm"],
  ["remove", "rm"],
  ["log", "history"],
]);

/** Commands that a word may mean: by another name, as the last word of `backup restore`, or misspelt. */
function commandsLike(word: string): readonly string[] {
  const other = OTHER_NAMES.get(word);
  const last = COMMANDS.flatMap(({ name }) => (name.endsWith(` ${word}`) ? [name] : []));
  const meant = other === undefined ? last : [other, ...last];
  if (meant.length > 0) return meant;
  const near = nearest(word, new Set(COMMANDS.map(({ name }) => name.split(" ")[0] ?? "")));
  return near === undefined ? [] : [near];
}

/** The arguments of one command. @throws StateError `usage` for what it does not take */
function argumentsOf(command: Command, args: Arguments): CommandArguments {
  const { name, options, takesRest } = command;
  const known = new Set([...Object.keys(GLOBAL_OPTIONS), ...Object.keys(options)]);
  const usage = `Usage: llmspell-state ${name} ${command.usages.join(" | ")}`.trimEnd();
  for (const option of [...args.flags, ...args.values.keys()]) {
    if (!known.has(option)) throw usageError(`${name} has no option --${option}.`, usage);
  }
  const words = args.words.slice(name.split(" ").length);
  if (takesRest !== true) words.push(...(args.rest ?? []));
  const [min, max] = command.words;
  if (words.length < min) throw usageError(`${name} needs more arguments.`, usage);
  if (words.length > max) {
    throw usageError(`${name} does not take the argument ${JSON.stringify(words[max])}.`, usage);
  }
  const value = (option: string) => args.values.get(option)?.at(-1);
  return {
    ...args,
    words,
    value,
    wholeNumber: (option, min) => wholeNumber(option, value(option), min),
  };
}

function wholeNumber(option: string, text: string | undefined, min: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min) return number;
  throw usageError(
    `--${option} cannot be ${JSON.stringify(text)}.`,
    `Use a whole number of at least ${min}.`,
  );
}
