import type { CancellationToken } from "vscode-languageserver/node";
import { StateError } from "../../../shared/src/errors.ts";
import type {
  DeleteEntriesParams,
  DeleteEntriesResult,
  StatePart,
} from "../../../shared/src/protocol.ts";
import type { StateView } from "../engine/types.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { entriesOfParts } from "./parts.ts";

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
  const found = new Map<string, { readonly namespace: string; readonly key: string }>();
  for await (const batch of entriesOfParts(view, parts, { maxValueBytes: 0, token })) {
    for (const { namespace, key } of batch) found.set(`${namespace} ${key}`, { namespace, key });
  }
  return [...found.values()];
}
