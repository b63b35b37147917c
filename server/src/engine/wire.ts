import type { MessagePort } from "node:worker_threads";
import type { Problem } from "../../../shared/src/errors.ts";
import type { EngineOptions, JobControl } from "./engine.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Question } from "./small-calls.ts";
import type { Origin } from "./types.ts";

/** What goes to the engine over a port. */
export type ToEngine = CallMessage | AskMessage | CancelMessage | MailboxMessage | LookMessage;

export interface CallMessage {
  /** Chosen by the caller, for the answer. */
  readonly id: number;
  /** A method of the Engine; a JobControl among its parameters is left out. */
  readonly method: string;
  readonly params: readonly unknown[];
  /**
   * One Int32, for a caller that blocks: after the answer was posted it becomes 1 and is notified.
   */
  readonly signal?: SharedArrayBuffer;
}

/** A question that a mailbox is too small for. */
export interface AskMessage {
  readonly question: Question;
  /** As in a {@link CallMessage}. */
  readonly signal: SharedArrayBuffer;
}

/** Asks the call `cancel` to stop; it still answers. */
export interface CancelMessage {
  readonly cancel: number;
}

/** Opens a short way for this port: what is asked there is a {@link Question}. */
export interface MailboxMessage {
  readonly mailbox: Mailbox;
}

/** Something was asked in the mailbox. */
export interface LookMessage {
  readonly look: true;
}

/** What comes back: any number of reports, then one answer; that to a question is its text. */
export type FromEngine =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: Problem }
  | { readonly id: number; readonly progress: Report };

export type Report = Parameters<NonNullable<JobControl["progress"]>>[0];

/** What the worker's owner tells it, beside the calls on its ports. */
export type ToWorker =
  | {
      readonly serve: MessagePort;
      readonly origin: Origin | undefined;
      /** What is written through this port stays in memory, and ends with it. */
      readonly dryRun: boolean;
      /** An editor is answered by the same process and goes first. */
      readonly besideEditor: boolean;
    }
  | { readonly close: true };

/** What goes to the process for long work: first what it works on, then calls. */
export type ToJobs = { readonly start: EngineOptions } | ToEngine | { readonly close: true };

/** What comes back from it. */
export type FromJobs = FromEngine | FromWorker;

/** What the worker tells its owner: something may have changed through it. */
export interface FromWorker {
  readonly changed: true;
}

export interface EngineWorkerData {
  readonly options: EngineOptions;
  /** Its owner wants to hear of others' changes too, where the store can tell of them. */
  readonly listens: boolean;
}
