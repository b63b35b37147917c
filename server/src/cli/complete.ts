import { GLOBAL_OPTIONS, type OptionSpecs } from "./arguments.ts";
import type { Command, WordKind } from "./command.ts";
import type { Session } from "./session.ts";

/** Most names that are offered at once. */
const LIMIT = 200;

/**
 * The words that may stand where a command line ends, each whole and quoted for the shell; none
 * where files may. Looks at the state for namespaces, keys and backups, and fails silently.
 */
export async function complete(
  shell: string,
  line: string,
  commands: readonly Command[],
  open: (options: ReadonlyMap<string, string>) => Session,
): Promise<readonly string[]> {
  const typed = splitLine(line).slice(1);
  const current = typed.pop() ?? "";
  const { words, options, pending } = readTyped(typed, commands);
  const command = commands.find(({ name }) =>
    name.split(" ").every((word, at) => words[at] === word),
  );
  const found = async (): Promise<readonly string[]> => {
    if (pending !== undefined) return pending;
    if (current.startsWith("-")) {
      const specs: OptionSpecs = { ...GLOBAL_OPTIONS, ...command?.options };
      return Object.keys(specs).map((name) => `--${name}`);
    }
    if (command === undefined) return nextWords(words, commands);
    const position = words.length - command.name.split(" ").length;
    const kind = command.completes?.[position];
    if (kind === undefined) return [];
    const session = open(options);
    try {
      return await namesOf(kind, current, words.at(-1) ?? "", session);
    } catch {
      return [];
    } finally {
      await session.close();
    }
  };
  const fitting = (await found()).filter((word) => word.startsWith(current));
  return shell === "fish" ? fitting : fitting.map(quoted);
}

async function namesOf(
  kind: WordKind,
  prefix: string,
  previous: string,
  session: Session,
): Promise<readonly string[]> {
  if (kind === "shell") return ["bash", "zsh", "fish"];
  const engine = await session.engine();
  if (kind === "namespace") return (await engine.namespaces()).map(({ namespace }) => namespace);
  if (kind === "version") return (await engine.schemaStatus()).targets;
  if (kind === "backup") return (await engine.backups()).map(({ id }) => id);
  return (await engine.page(previous, { prefix, limit: LIMIT, maxValueBytes: 0 })).map(
    ({ key }) => key,
  );
}

/** The first words of commands, or the second ones of a group. */
function nextWords(words: readonly string[], commands: readonly Command[]): readonly string[] {
  const names = commands.map(({ name }) => name.split(" "));
  const fitting = names.filter((name) => words.every((word, at) => name[at] === word));
  return [...new Set(fitting.map((name) => name[words.length] ?? ""))];
}

/** Words and options so far; `pending`: what the last option's value may be. */
function readTyped(typed: readonly string[], commands: readonly Command[]) {
  const specs: OptionSpecs = Object.assign(
    {},
    GLOBAL_OPTIONS,
    ...commands.map(({ options }) => options),
  );
  const words: string[] = [];
  const options = new Map<string, string>();
  let open: string | undefined;
  for (const word of typed) {
    if (open !== undefined) {
      options.set(open, word);
      open = undefined;
    } else if (word.startsWith("--")) {
      const [name = "", value] = word.slice(2).split("=", 2);
      if (value !== undefined) options.set(name, value);
      else if (Object.hasOwn(specs, name) && specs[name]?.value !== undefined) open = name;
    } else words.push(word);
  }
  const pending = open === undefined ? undefined : (specs[open]?.choices ?? []);
  return { words, options, pending };
}

/** A line as a shell would split it; the last word may be empty or lack its closing quote. */
function splitLine(line: string): string[] {
  const words: string[] = [];
  const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+/gy;
  let at = 0;
  for (;;) {
    while (/\s/.test(line[at] ?? "")) at++;
    word.lastIndex = at;
    const found = word.exec(line)?.[0];
    if (found === undefined) return [...words, ""];
    words.push(unquoted(found));
    at += found.length;
    if (at === line.length) return words;
  }
}

function unquoted(word: string): string {
  return word.replace(/'([^']*)'?|"((?:[^"\\]|\\.)*)"?|\\(.)/g, (_, single, double, escaped) =>
    String(single ?? double?.replace(/\\(.)/g, "$1") ?? escaped),
  );
}

function quoted(word: string): string {
  return word.replace(/[^A-Za-z0-9_.:/@%+=,\u0080-\uffff-]/g, "\\$&");
}
