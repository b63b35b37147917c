import type { Arguments, OptionSpecs } from "./arguments.ts";
import type { Output } from "./output.ts";
import type { Session } from "./session.ts";

/** 0 done; 1 the answer is no; 2 wrong usage or configuration; 124 time-out; 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 124 | 130;

/** What the process gives the command line: nothing else reads `process`. */
export interface Surroundings {
  /** Absolute path of the current folder. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** All of standard input. */
  readonly readInput: () => Promise<Uint8Array>;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** Files of the worker threads. */
  readonly engineWorker: string;
  readonly runnerWorker: string;
  /** The application's version. */
  readonly version: string;
}

/** What a command works with. */
export interface CommandContext extends Surroundings {
  readonly session: Session;
  readonly output: Output;
  readonly args: CommandArguments;
}

/** A command's own arguments: its name is no longer among the words. */
export interface CommandArguments extends Arguments {
  /** A value option's last value. */
  readonly value: (option: string) => string | undefined;
  /** @throws StateError `usage` when it is not a whole number of at least `min` */
  readonly wholeNumber: (option: string, min: number) => number | undefined;
}

/** What a word of a command names, for completion in the shell. */
export type WordKind = "namespace" | "key" | "backup" | "version" | "shell";

/** One command of the table. */
export interface Command {
  /** `ls`, `backup create` */
  readonly name: string;
  /** Each way to call it, without its name: `NS KEY [--forget]`. */
  readonly usages: readonly string[];
  readonly summary: string;
  /** How many words it takes after its name. */
  readonly words: readonly [min: number, max: number];
  /** Whether arguments after `--` have a meaning of their own; else they are words. */
  readonly takesRest?: true;
  /** What its words name, in order; files where nothing is said. */
  readonly completes?: readonly WordKind[];
  readonly options: OptionSpecs;
  readonly run: (context: CommandContext) => Promise<ExitCode>;
}
