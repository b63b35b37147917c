import { parseArgs } from "node:util";
import { StateError } from "../../../shared/src/errors.ts";
import { nearest } from "../../../shared/src/nearest.ts";

/** An option of a command; `value` names its argument in the help, a flag has none. */
export interface OptionSpec {
  readonly value?: string;
  /** May be given more than once. */
  readonly multiple?: true;
  /** The values to choose from, when they are few. */
  readonly choices?: readonly string[];
  readonly doc: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Options that may stand anywhere before `--`. */
export const GLOBAL_OPTIONS = {
  workspace: {
    value: "DIR",
    doc: "Workspace folder; else the nearest one upwards with a configuration, else the current folder",
  },
  config: {
    value: "FILE",
    doc: "Configuration file to use instead of the workspace's llmspell.toml",
  },
  json: { doc: "Answer with one JSON document (with JSON lines where a command says so)" },
  help: { doc: "Show this help, or a command's" },
  version: { doc: "Show the version" },
} as const satisfies OptionSpecs;

/** The arguments of one call, checked against the options that exist. */
export interface Arguments {
  /** Command words and positionals before `--`. */
  readonly words: readonly string[];
  /** All that follows `--`; undefined without it. */
  readonly rest: readonly string[] | undefined;
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Wrong use of the command line: exit code 2. */
export function usageError(message: string, next = "See llmspell-state --help."): StateError {
  return new StateError("usage", message, next);
}

/**
 * Reads the arguments (without node and script). `specs` are the options of all commands together,
 * so that options may stand before the command too. A negative number is no option: `set a b -5`.
 * @throws StateError `usage`
 */
export function readArguments(args: readonly string[], specs: OptionSpecs): Arguments {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), multiple: true },
    ]),
  );
  const { tokens } = parseArgs({
    args: args.map((argument) => (argument === "-h" ? "--help" : argument)),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  let rest: string[] | undefined;
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  let numberAt = -1;
  for (const token of tokens) {
    const written = args[token.index] ?? "";
    if (token.kind === "option-terminator") {
      rest = [...args.slice(token.index + 1)];
      break;
    }
    if (token.kind === "positional") words.push(token.value);
    else if (/^-\.?\d/.test(written)) {
      // parseArgs takes -12 for the short options 1 and 2: one word, not two.
      if (token.index !== numberAt) words.push(written);
      numberAt = token.index;
    } else readOption(token, written, specs, flags, values);
  }
  return { words, rest, flags, values };
}

function readOption(
  token: {
    name: string;
    rawName: string;
    value?: string | undefined;
    inlineValue?: boolean | undefined;
  },
  written: string,
  specs: OptionSpecs,
  flags: Set<string>,
  values: Map<string, string[]>,
): void {
  const { name, value } = token;
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined || !token.rawName.startsWith("--")) {
    const near = nearest(name, Object.keys(specs));
    throw usageError(
      `There is no option ${token.rawName.startsWith("--") ? token.rawName : written}.`,
      near === undefined ? "See llmspell-state --help." : `Did you mean --${near}?`,
    );
  }
  if (spec.value === undefined) {
    if (value !== undefined) throw usageError(`The option --${name} takes no value.`);
    flags.add(name);
    return;
  }
  const optionLike = token.inlineValue !== true && /^-[^.\d]/.test(value ?? "");
  if (value === undefined || optionLike) {
    throw usageError(`The option --${name} needs a value.`, `Write --${name}=${spec.value}.`);
  }
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw usageError(
      `--${name} cannot be ${JSON.stringify(value)}.`,
      `Use one of ${spec.choices.join(", ")}.`,
    );
  }
  const before = values.get(name) ?? [];
  if (before.length > 0 && spec.multiple !== true) {
    throw usageError(`The option --${name} is given twice.`, "Give it once.");
  }
  values.set(name, [...before, value]);
}
