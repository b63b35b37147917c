import type { MessagePort } from "node:worker_threads";
import type { Problem } from "../../../../shared/src/errors.ts";
import type { InitializationOptions } from "../../../../shared/src/protocol.ts";
import type { StateConfiguration } from "../../config/types.ts";
import type { FileSummary } from "../../workspace/index/summary.ts";
import type { ClientAbilities } from "../abilities.ts";
import type { LiveSettings } from "../live-settings.ts";

/** What goes between the server's thread and the one that understands long scripts of a folder. */

/** What answers rest on beside scripts and state. */
export interface Surroundings {
  readonly folder: { readonly id: string; readonly path: string };
  readonly configuration: StateConfiguration | undefined;
  readonly configurationFile: string | undefined;
  readonly client: ClientAbilities;
  readonly options: InitializationOptions;
  readonly trusted: boolean;
  readonly settings: LiveSettings;
  /** Whether all scripts of the folder are known. */
  readonly complete: boolean;
}

/** A document as it is in the editor. */
export interface DocumentText {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

export interface Asking {
  readonly ask: number;
  readonly question: string;
  readonly params: unknown;
  readonly uri: string;
  /** Of the document. */
  readonly version: number;
  /** Of what findings rest on. */
  readonly age: number;
}

export type ToScriptThread =
  | { readonly surroundings: Surroundings }
  | { readonly document: DocumentText }
  | { readonly closed: string }
  /** What an open script of the server's thread does; undefined: it is open no more, or not there. */
  | { readonly script: string; readonly summary: FileSummary | undefined }
  | Asking
  /** Nobody wants to know any more. */
  | { readonly cancel: number }
  /** To the state's engine; the next one is asked for when it closes. */
  | { readonly engine: MessagePort };

/** What answering threw. */
export interface Failure {
  readonly failed: number;
  readonly problem: Problem;
  /** The stack of a defect. */
  readonly thrown: string | undefined;
}

export type FromScriptThread =
  | { readonly answer: number; readonly result: unknown }
  /** The text was another one already. */
  | { readonly outdated: number }
  | Failure
  /** What a long script does as it is now. */
  | { readonly does: FileSummary; readonly uri: string }
  /** A port to the state's engine is wanted. */
  | { readonly engine: true };
