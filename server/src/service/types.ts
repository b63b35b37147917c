import type { BackupSummary } from "../../../shared/src/protocol.ts";
import type { Severity, StateConfiguration } from "../config/types.ts";
import type { StateView } from "../engine/types.ts";
import type { ScriptModel, Span } from "../language/model.ts";
import type { WorkspaceView } from "../language/workspace-view.ts";
import type { UsesOfOthers } from "./known-uses.ts";
import type { FindSecrets } from "./sensitive/find-secrets.ts";

/**
 * The service's questions and answers as plain data. All positions are UTF-16 offsets into
 * `model.text`, `end` exclusive; all markdown is safe to show: values in it are masked and inert.
 */

/** Replace the text of `span` by `newText`. */
export interface TextChange {
  readonly span: Span;
  readonly newText: string;
}

/** What an answer may look at beside the script. */
export interface Surroundings {
  readonly model: ScriptModel;
  /** What is stored; absent when there is no store to look at. */
  readonly view?: StateView | undefined;
  /** What the workspace's other scripts do to State; absent where they are not looked at. */
  readonly workspace?: WorkspaceView | undefined;
  /** absent when there is none that could be read: then nothing is claimed about switched-off functions. */
  readonly configuration?: StateConfiguration | undefined;
  /** Another server knows State's functions and tells of them. Default false. */
  readonly leaveMembers?: boolean;
}

export interface CompleteOptions extends Surroundings {
  readonly offset: number;
  /** The backups for `restore_backup("`; asked for only there. */
  readonly backups?: (() => Promise<readonly BackupSummary[]>) | undefined;
  /** The versions for `migrate("`; asked for only there. */
  readonly versions?: (() => Promise<VersionChoices>) | undefined;
  /** The client takes snippets, as in `profile:${1:id}`. Default false. */
  readonly snippets?: boolean;
}

/** Where migrations lead. */
export interface VersionChoices {
  readonly current: string;
  /** Ascending. */
  readonly targets: readonly string[];
}

export type CompletionKind =
  | "member"
  | "namespace"
  | "key"
  | "segment"
  | "pattern"
  | "field"
  | "owner"
  | "backup"
  | "version";

/** Names what is loaded when an item is looked at more closely; plain JSON, for LSP's `data`. */
export type CompletionData =
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "key"; readonly namespace: string; readonly key: string };

export interface CompletionItem {
  readonly label: string;
  readonly kind: CompletionKind;
  /** One short line beside the label, e.g. a value's preview. */
  readonly detail?: string;
  /** Markdown, where it is known without reading more. */
  readonly documentation?: string;
  /** Escaped for the string it goes into; plain text unless {@link CompletionItem.snippet} is set. */
  readonly insertText: string;
  /** `insertText` is a snippet, in LSP's syntax. */
  readonly snippet?: true;
  /** What `insertText` replaces; on one line and around the offset. */
  readonly span: Span;
  readonly sortText: string;
  readonly filterText: string;
  /** Not to be used as things are (a function that the configuration switches off). */
  readonly disabled?: true;
  /** Ask for completion again after inserting (a key's segment that goes on). */
  readonly continues?: true;
  /** Present when {@link CompletionItem.documentation} can be had with `resolveCompletion`. */
  readonly data?: CompletionData;
}

export interface Completion {
  readonly items: readonly CompletionItem[];
  /** More match than are listed: ask again as the user types. */
  readonly isIncomplete: boolean;
}

/** How a client is led somewhere: both give the address of a markdown link. */
export interface Links {
  /** A line (0-based) of a script, as the workspace names it. */
  readonly script: (file: string, line: number) => string;
  /** undefined: the client has no such commands. */
  readonly command?: (
    name: "showValue" | "showHistory" | "findReferences",
    entry: { readonly namespace: string; readonly key: string },
  ) => string;
}

export interface HoverOptions extends Surroundings {
  readonly offset: number;
  readonly links?: Links | undefined;
  /** ms since 1970, for ages */
  readonly now: number;
}

export interface Hover {
  readonly span: Span;
  readonly markdown: string;
}

export interface SignatureOptions {
  readonly model: ScriptModel;
  readonly offset: number;
  readonly configuration?: StateConfiguration | undefined;
}

export interface SignatureParameter {
  /** Its place in the signature's label, UTF-16, end exclusive. */
  readonly label: readonly [start: number, end: number];
  readonly documentation: string;
}

export interface SignatureHelp {
  /** `State.save(namespace, key, value)` */
  readonly label: string;
  /** Markdown */
  readonly documentation: string;
  readonly parameters: readonly SignatureParameter[];
  /** 0-based; may lie beyond the last parameter when too many are given. */
  readonly activeParameter: number;
}

/** A change of the script that answers a diagnostic. */
export interface Fix {
  readonly title: string;
  /** Ascending, not overlapping. */
  readonly changes: readonly TextChange[];
  /** The one that is most likely meant. */
  readonly preferred?: true;
  /** It cannot change what a working script does: may be applied unasked, with all others of its kind. */
  readonly safe?: true;
  /** A setting that is switched on in the configuration file, beside `changes` (which may be none). */
  readonly setting?: "backup_enabled" | "migration_enabled";
  /** A key that is renamed wherever it is, in scripts and in stored data, instead of `changes`. */
  readonly rename?: { readonly namespace: string; readonly key: string; readonly to: string };
}

/** `unnecessary`: shown faded; `deprecated`: struck through. */
export type DiagnosticTag = "unnecessary" | "deprecated";

export interface Diagnostic {
  /** The rule's code; `too-many-findings` for the line that says how many more there are. */
  readonly rule: string;
  readonly severity: Exclude<Severity, "off">;
  readonly span: Span;
  readonly message: string;
  /** Page that explains the rule. */
  readonly docsUrl: string;
  readonly tags?: readonly DiagnosticTag[];
  readonly fixes: readonly Fix[];
}

export interface DiagnoseOptions extends Surroundings {
  /** The setting `llmspellState.rules`, unchecked: severities by rule. It wins over `[state.rules]`. */
  readonly ruleSettings?: unknown;
  /** Finds secrets in saved texts by their look, beside the patterns of `plaintext-secret`. */
  readonly secrets?: FindSecrets | undefined;
  /** Rules left out, e.g. `syntax-error` where another server reports it. */
  readonly without?: readonly string[];
  /** Most diagnostics for one script; the default is 200. */
  readonly limit?: number;
  /** What the diagnostics carry; "own": those of the rules, without what silences. Default "all". */
  readonly fixes?: "all" | "own" | "none";
  /** What is known already of the workspace's other scripts, and will be; good until one changes. */
  readonly others?: UsesOfOthers | undefined;
  /** Called between rules: lets others have the thread, where somebody waits for it. */
  readonly pause?: (() => Promise<void>) | undefined;
}
