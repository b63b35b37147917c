import { setImmediate as nextTurn } from "node:timers/promises";
import type { CancellationToken } from "vscode-languageserver/node";
import { StateError } from "../../../shared/src/errors.ts";
import type {
  DeleteEntriesParams,
  DeleteEntriesResult,
  StatePart,
} from "../../../shared/src/protocol.ts";
import type { EntryHead, StateView } from "../engine/types.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";

const BATCH = 1_000;
/** Names that are told of what is deleted. */
const MOST_TOLD = 200;
/** A state that changes meanwhile is looked at again so often. */
const ATTEMPTS = 5;

/** llmspellState/deleteEntries */
export async function deleteEntries(
  context: ServerContext,
  { store, parts, dryRun = false }: DeleteEntriesParams,
  token: CancellationToken,
): Promise<DeleteEntriesResult> {
  requireTrust(context, "changing state");
  const folder = storeFolder(context, store);
  const view = folder.openView();
  for (let attempt = 1; ; attempt += 1) {
    const revision = await view.revision();
    const entries = await entriesOf(view, parts, token);
    const result = { total: entries.length, entries: entries.slice(0, MOST_TOLD) };
    if (dryRun || entries.length === 0) return result;
    try {
      await folder.engine().applyChanges("editor", revision, entries);
      return result;
    } catch (error) {
      const moved = error instanceof StateError && error.code === "state-moved-on";
      if (!moved || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The entries that lie in these parts, each once. */
async function entriesOf(
  view: StateView,
  parts: readonly StatePart[],
  token: CancellationToken,
): Promise<{ readonly namespace: string; readonly key: string }[]> {
  const found = new Map<string, Pick<EntryHead, "namespace" | "key">>();
  for (const { namespace, key, prefix = "" } of parts) {
    if (key !== undefined) {
      const entry = await view.entry(namespace, key);
      if (entry !== undefined)
        found.set(`${namespace} ${entry.key}`, { namespace, key: entry.key });
      continue;
    }
    let after: string | undefined;
    do {
      const query = { prefix, limit: BATCH, maxValueBytes: 0 };
      const page = await view.page(namespace, after === undefined ? query : { ...query, after });
      for (const entry of page) {
        found.set(`${namespace} ${entry.key}`, { namespace, key: entry.key });
      }
      after = page.length < BATCH ? undefined : page.at(-1)?.key;
      await nextTurn();
      // The answer to a cancelled request says so, whatever ended it.
      if (token.isCancellationRequested) throw new Error("cancelled");
    } while (after !== undefined);
  }
  return [...found.values()];
}
