import type { LuaFailure, LuaPosition } from "./runtime.ts";
import type { Sources } from "./sources.ts";
import type { RunError } from "./types.ts";

/** rs-llmspell's globals beside State: scripts test for them, so they are nil here, not absent words. */
const LLMSPELL_GLOBALS: ReadonlySet<string> = new Set([
  "Agent",
  "Artifact",
  "Config",
  "Context",
  "Debug",
  "Event",
  "Hook",
  "JSON",
  "LocalLLM",
  "Logger",
  "Memory",
  "Provider",
  "RAG",
  "Replay",
  "Session",
  "Streaming",
  "Template",
  "Tool",
  "Utils",
  "Workflow",
]);

/** Library functions that the sandbox leaves out, as they are written in scripts. */
const LEFT_OUT: readonly string[] = [
  "dofile",
  "loadfile",
  "debug",
  "io.close",
  "io.input",
  "io.lines",
  "io.open",
  "io.output",
  "io.popen",
  "io.read",
  "io.stdin",
  "io.tmpfile",
  "os.execute",
  "os.exit",
  "os.remove",
  "os.rename",
  "os.setlocale",
  "os.tmpname",
  "package.loadlib",
  "package.searchers",
  "package.searchpath",
  "string.dump",
];

/** UTF-16 units of an error's message that are told: a script can raise one of many megabytes. */
const LONGEST_MESSAGE = 16_384;

/** The failure with a message of bounded length. */
function bounded(failure: LuaFailure): LuaFailure {
  const { message } = failure;
  const more = message.length - LONGEST_MESSAGE;
  if (more <= 0) return failure;
  const kept = message.slice(0, LONGEST_MESSAGE).toWellFormed();
  return { ...failure, message: `${kept}... (${more} more)` };
}

/** A failure as the run's error: with the file and line it is about, and what a reader needs to know. */
export function failureToError(whole: LuaFailure, code: string, found: Sources): RunError {
  const failure = bounded(whole);
  const at = culprit(failure, found);
  const lineText = at === undefined ? "" : lineOf(found.file(at.chunk)?.source, at.line);
  const file = at === undefined ? undefined : found.file(at.chunk)?.path;
  const missingGlobal = missingIn(failure.message);
  const hint = explanation(failure.message, lineText, missingGlobal);
  const message = withWholeNames(failure.message, found);
  return {
    code,
    message: hint === undefined ? message : `${message}\n${hint}`,
    ...(file === undefined || at === undefined ? {} : { file, line: at.line }),
    ...(failure.traceback === "" ? {} : { traceback: failure.traceback }),
    ...(missingGlobal === undefined ? {} : { missingGlobal }),
  };
}

/** The place that the message names when it is in a file of this run, else where it was raised. */
function culprit(failure: LuaFailure, found: Sources): LuaPosition | undefined {
  const named = placesIn(failure.message).filter(({ chunk, line }) => {
    const file = found.file(chunk);
    return file !== undefined && line >= 1 && line <= lineCount(file.source);
  });
  // An error that was passed on (by a coroutine, by `require`) has the place where it arose last.
  const innermost = named.at(-1);
  if (innermost !== undefined) return innermost;
  const at = failure.position;
  if (at !== undefined && found.file(at.chunk) !== undefined) return at;
  for (const [, chunk = "", digits] of failure.traceback.matchAll(/\n\t([^\n]*?):(\d+): in /g)) {
    if (found.file(chunk) !== undefined) return { chunk, line: Number(digits) };
  }
  return undefined;
}

/** Lua writes a long name as `...` and its end. */
function withWholeNames(message: string, found: Sources): string {
  return message.replaceAll(
    /\.\.\.[^\n:]*(?=:\d+:)/g,
    (shortened) => found.file(shortened)?.name ?? shortened,
  );
}

/** The places at the beginning of a message, `a.lua:4: b.lua:2: ...`, and of the module that failed. */
function placesIn(message: string): readonly LuaPosition[] {
  const places: LuaPosition[] = [];
  let rest = message;
  for (;;) {
    const match = /^(?:error loading module '[^'\n]*':\n\t)?([^\n]*?):(\d+): /.exec(rest);
    if (match === null) return places;
    const [whole, chunk = "", digits] = match;
    places.push({ chunk, line: Number(digits) });
    rest = rest.slice(whole.length);
  }
}

function lineCount(source: Uint8Array): number {
  let lines = 1;
  for (const byte of source) if (byte === 10) lines++;
  return lines;
}

function lineOf(source: Uint8Array | undefined, line: number): string {
  return (
    Buffer.from(source ?? [])
      .toString("utf8")
      .split("\n")[line - 1] ?? ""
  );
}

/** The global of the llmspell program that an error is about. */
function missingIn(message: string): string | undefined {
  const global = /attempt to (?:index|call) a nil value \(global '(\w+)'\)/.exec(message)?.[1];
  return global !== undefined && LLMSPELL_GLOBALS.has(global) ? global : undefined;
}

/** What the bare message does not say about this host. */
function explanation(
  message: string,
  line: string,
  missingGlobal: string | undefined,
): string | undefined {
  if (missingGlobal !== undefined) {
    return `\`${missingGlobal}\` belongs to the llmspell program and does not exist here: this runner has \`State\` and the Lua libraries. Run the script with llmspell itself, or test \`if ${missingGlobal} then\` first.`;
  }
  if (/attempt to (?:index|call) a nil value/.test(message)) {
    const missing = LEFT_OUT.find((name) =>
      new RegExp(`(^|[^\\w.:])${name.replace(".", "\\s*\\.\\s*")}\\b`).test(line),
    );
    if (missing !== undefined) {
      return `\`${missing}\` is left out on purpose: scripts run here have no access to files, processes or native code. Output goes through \`print\` and \`io.write\`.`;
    }
  }
  if (/malformed number near '(0[xX][0-9a-fA-F]+|\d+)'/.test(message)) {
    return "Integers are exact up to 2^53 in this Lua runtime; a larger one is refused rather than rounded.";
  }
  return undefined;
}
