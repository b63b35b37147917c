import type { MigrationEntry } from "../engine/migration/steps.ts";
import type { CompiledMessage } from "./wire.ts";

/** What a migration's thread is started with. */
export interface MigrationData {
  readonly migration: {
    /** Name of the file, as messages show it. */
    readonly name: string;
    readonly path: string;
    readonly text: string;
    readonly limits: MigrationLimits;
    /** Lua 5.4 as an earlier thread compiled it. */
    readonly compiled: WebAssembly.Module | undefined;
    /** One Int32: why the thread has to end; 0: it has not. */
    readonly control: SharedArrayBuffer;
  };
}

export interface MigrationLimits {
  /** For loading the file, and for each entry. */
  readonly stepMs: number;
  readonly memoryMb: number;
}

/** What the thread tells: Lua when it had to compile it, that it is ready, then one answer for each entry that it is sent. */
export type FromMigration = CompiledMessage | MigrationAnswer;

export type MigrationAnswer =
  | { readonly type: "ready" }
  | { readonly type: "result"; readonly entry: MigrationEntry | null }
  /** It cannot go on; the message says where and why. */
  | { readonly type: "failed"; readonly message: string };

/** Values of the control cell. */
export const TOO_LONG = 1;
export const TOO_LARGE = 2;

/** Why a migration was ended. */
export function endedMessage(reason: number, { stepMs, memoryMb }: MigrationLimits): string {
  return reason === TOO_LONG
    ? `it took longer than ${stepMs} ms and was ended`
    : `it needed more than ${memoryMb} MB of memory and was ended`;
}
