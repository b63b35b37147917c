import type { Json } from "../engine/types.ts";

/** Where a script stands: the chunk's name as shown (a path relative to the workspace), 1-based line. */
export interface LuaPosition {
  readonly chunk: string;
  readonly line: number;
}

/** Source text under the name that messages and tracebacks show. */
export interface LuaChunk {
  readonly name: string;
  /** Without byte order mark; any line ends. */
  readonly source: Uint8Array;
}

export interface LuaFailure {
  readonly kind: "syntax" | "runtime";
  readonly message: string;
  readonly position: LuaPosition | undefined;
  readonly traceback: string;
}

export type LuaType =
  | "none"
  | "nil"
  | "boolean"
  | "number"
  | "string"
  | "table"
  | "function"
  | "thread"
  | "userdata";

/** The arguments of a host function, or the results of a Lua function, by 1-based index. */
export interface HostArguments {
  readonly count: number;
  type(index: number): LuaType;
  boolean(index: number): boolean;
  /** A string, or a number as its string. undefined for other types and for invalid UTF-8. */
  text(index: number): string | undefined;
  /** The value as JSON. @throws StateError `invalid-value`, with the path to the culprit */
  json(index: number): Json;
}

/** A value as canonical JSON text; `plain`: `JSON.parse` loses nothing of it. */
export interface HostValue {
  readonly json: Json;
  readonly plain: boolean;
}

/** What a host function gives: nothing, nil, or a value. */
export type HostResult = undefined | null | HostValue;

/**
 * A function of ours that scripts call. What it throws (a {@link ScriptError}, a StateError) is raised
 * in Lua at the line of the call.
 */
export type HostFunction = (args: HostArguments) => HostResult;

/** Raised in Lua with the position of the line that called. */
export class ScriptError extends Error {}

/** A library function was given a wrong argument, by its 1-based index. */
export class ArgumentError extends ScriptError {
  readonly index: number;
  readonly fault: string;

  constructor(index: number, name: string, fault: string) {
    super(`bad argument #${index} to '${name}' (${fault})`);
    this.index = index;
    this.fault = fault;
  }
}

/** What a runtime asks of its surroundings. */
export interface RuntimeHost {
  /** Takes output; may not return. */
  write(bytes: Uint8Array): void;
  /** Called often while Lua code runs, after about so many instructions; may not return. */
  tick(instructions: number): void;
  /** The script's values need more memory than they may take; may not return. */
  full(): void;
  /** Finds the chunk for `require`. @throws ScriptError where it was looked for */
  module(name: string): LuaChunk;
}

/** A function that a chunk gave, to be called with one value. */
export interface LuaCallable {
  /** The results are good until the next call. */
  call(argument: HostValue): LuaFailure | HostArguments;
  /** The text that the argument has when it is given back as it was. */
  written(argument: HostValue): Json;
}

/**
 * A Lua implementation behind the runner. It has the libraries that the sandbox allows and no other,
 * and no way from a script to the surroundings but those of {@link RuntimeHost} and `define`.
 */
export interface LuaRuntime {
  /** Sets `TABLE.NAME`; the table is made with its first function. */
  define(table: string, name: string, body: HostFunction): void;
  /** Runs a script: `args` are its `...`, `arg[1..]` and `ARGS`. undefined: it ended well. */
  run(chunk: LuaChunk, args: readonly string[]): LuaFailure | undefined;
  /** Runs a chunk that returns a function, and gives that. */
  load(chunk: LuaChunk): LuaCallable | LuaFailure;
  /** Where the script is now: for the error of a run that is ended from outside. */
  where(): { readonly position: LuaPosition | undefined; readonly traceback: string };
}
