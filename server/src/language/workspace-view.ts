import type { ApiAccess } from "../../../shared/src/api.ts";
import type { Shape } from "./flow/shape.ts";
import type { Surroundings } from "./model.ts";
import type { Span } from "./syntax/span.ts";
import type { KnownText } from "./values/known-text.ts";
import type { ModuleLookup, ModuleSummary } from "./wrappers/summary.ts";

/**
 * What all scripts of a workspace folder do to State, as far as it is known now. Files are named by
 * their path relative to the folder, with `/`. Open documents count as they are in the editor.
 * Answers come from tables in memory: none reads a file or waits.
 */
export interface WorkspaceView {
  /** false while scripts are still being read, or where some were left out: then absence proves nothing. */
  readonly complete: boolean;
  /**
   * The uses that touch an entry, or one that a pattern means. By file and place.
   * @param limit at most so many of each kind: all of a key that is used everywhere take a while
   */
  usesOf(namespace: KnownText, key: KnownText, limit?: number): UsesOfKey;
  /** The uses of a namespace, with any key or none. By file and place; `limit` as above. */
  usesOfNamespace(namespace: KnownText, limit?: number): UsesOfName;
  /** The uses in one script, in source order. */
  usesIn(file: string): readonly ScriptUse[];
  /** Namespaces that scripts name, ascending by UTF-16 code units. */
  namespaces(query?: NameQuery): Names;
  /** Keys that scripts name in a namespace; patterns of namespaces are not looked into. */
  keys(namespace: string, query?: NameQuery): Names;
  /** What the scripts that `file` asks for by `require` give it, in the order in which it does. */
  modulesOf(file: string): readonly RequiredModule[];
  /** For `buildScriptModel` of a script in `file`: finds modules the way the runner does. */
  moduleLookup(file: string): ModuleLookup;
}

/** One call that touches State: the API's, or that of a function that passes its arguments on to it. */
export interface ScriptUse {
  readonly file: string;
  /** The State function behind it: `save`, `agent_get`. */
  readonly member: string;
  readonly access: Exclude<ApiAccess, "none">;
  readonly via: "direct" | "alias" | "wrapper";
  /** With what a helper puts before it: `agent:` + id. */
  readonly namespace: KnownText;
  /** In Unicode NFC where it is exact; absent where the function takes no key. */
  readonly key?: KnownText;
  /** The whole call. */
  readonly place: TextPlace;
  /** The name of what is called. */
  readonly memberPlace: TextPlace;
  /** Absent: it is not written here (missing, or set by a wrapper itself). */
  readonly namespaceName?: WrittenName;
  readonly keyName?: WrittenName;
  /** `updateUserProfile`, `M.set`: the innermost function with a name around the call. */
  readonly function?: string;
  /** Of a call `via` a wrapper: its name at the call and the module that it comes from. */
  readonly wrapper?: { readonly name: string; readonly module?: string };
  /** Of a write: the form of what is saved, as far as it stands at the call. */
  readonly value?: Shape;
}

/** UTF-16 offsets, and the same as LSP has it: 0-based lines, UTF-16 characters. */
export interface TextPlace extends Span {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

/** How a namespace or key is written in a call. */
export interface WrittenName {
  /** The argument's expression. */
  readonly place: TextPlace;
  /** Between the quotes, where the argument is one string literal. */
  readonly content?: TextPlace;
  readonly quote?: '"' | "'" | "long";
  /** What a wrapper puts around what is written. */
  readonly within?: Surroundings;
}

export interface UsesOfName {
  /** Known exactly, and the same; asked for a pattern: the same pattern. */
  readonly same: readonly ScriptUse[];
  /** One of the two is a pattern that the other may match. */
  readonly overlapping: readonly ScriptUse[];
}

export interface UsesOfKey extends UsesOfName {
  /** In a namespace that is the same or overlaps, with a key that is not known at all. */
  readonly unknown: readonly ScriptUse[];
}

export interface NameQuery {
  /** Only names that start so. */
  readonly prefix?: string;
  /** At most this many names and this many patterns; 1,000 by default. */
  readonly limit?: number;
}

export interface NameCount {
  readonly text: string;
  /** Calls that name it exactly. */
  readonly uses: number;
}

export interface PatternCount {
  readonly pattern: KnownText & { readonly kind: "pattern" };
  readonly uses: number;
}

export interface Names {
  readonly exact: readonly NameCount[];
  /** Those that may match a name with the prefix. */
  readonly patterns: readonly PatternCount[];
  /** There are more than the limit. */
  readonly more: boolean;
}

export interface RequiredModule {
  /** As `require` is given it. */
  readonly name: string;
  /** Undefined: no script of this folder. */
  readonly file: string | undefined;
  readonly summary: ModuleSummary | undefined;
}
