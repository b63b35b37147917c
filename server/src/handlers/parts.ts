import { setImmediate as nextTurn } from "node:timers/promises";
import type { CancellationToken } from "vscode-languageserver/node";
import type { StatePart } from "../../../shared/src/protocol.ts";
import type { Entry, StateView } from "../engine/types.ts";

/** Entries that are read at once: a few milliseconds of work. */
const BATCH = 500;

export interface PartsOptions {
  /** Values that take more bytes are not read; by default all are. */
  readonly maxValueBytes?: number;
  readonly token: CancellationToken;
}

/** The entries that lie in some parts of the state, in batches, letting other messages be answered. */
export async function* entriesOfParts(
  view: StateView,
  parts: readonly StatePart[],
  { token, ...options }: PartsOptions,
): AsyncGenerator<readonly Entry[]> {
  for (const { namespace, key, prefix = "" } of parts) {
    if (key !== undefined) {
      const entry = await view.entry(namespace, key);
      if (entry !== undefined) yield [entry];
      continue;
    }
    let after: string | undefined;
    do {
      const query = { prefix, limit: BATCH, ...options };
      const page = await view.page(namespace, after === undefined ? query : { ...query, after });
      yield page;
      after = page.length < BATCH ? undefined : page.at(-1)?.key;
      await nextTurn();
      // The answer to a cancelled request says so, whatever ended it.
      if (token.isCancellationRequested) throw new Error("cancelled");
    } while (after !== undefined);
  }
}

/** All of the state, as parts. */
export async function wholeState(view: StateView): Promise<StatePart[]> {
  return (await view.namespaces()).map(({ namespace }) => ({ namespace }));
}
