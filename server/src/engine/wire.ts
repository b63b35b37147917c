import type { MessagePort } from "node:worker_threads";
import type { Problem } from "../../../shared/src/errors.ts";
import type { EngineOptions, JobControl } from "./engine.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Origin } from "./types.ts";

/** What goes to the engine over a port. */
export type ToEngine = CallMessage | CancelMessage | MailboxMessage | LookMessage;

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

/** Asks the call `cancel` to stop; it still answers. */
export interface CancelMessage {
  readonly cancel: number;
}

/** Opens a short way for the small calls of this port: a question there is a {@link MailboxCall} as JSON. */
export interface MailboxMessage {
  readonly mailbox: Mailbox;
}

/** Something was asked in the mailbox. */
export interface LookMessage {
  readonly look: true;
}

/** Method and parameters; both and the result must be what JSON can say. */
export type MailboxCall = readonly [method: string, ...params: unknown[]];

/** What comes back: any number of reports, then one answer. */
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
    }
  | { readonly close: true };

/** What the worker tells its owner: something may have changed through it. */
export interface FromWorker {
  readonly changed: true;
}

export interface EngineWorkerData {
  /** Its work may take long, and nobody waits for it with a cursor in the air. */
  readonly background: boolean;
  readonly options: EngineOptions;
  /** Its owner wants to hear of others' changes too, where the store can tell of them. */
  readonly listens: boolean;
}
