import { setImmediate as nextTurn } from "node:timers/promises";
import type { CancellationToken } from "vscode-languageserver/node";
import type {
  ChildrenParams,
  KeyChildren,
  SearchParams,
  SearchResult,
} from "../../../shared/src/protocol.ts";
import { keyChildren } from "../service/browse/children.ts";
import { isNamesSearch, searchEntries } from "../service/browse/search.ts";
import { type ServerContext, storeFolder } from "./context.ts";
import { runJob } from "./job.ts";

/** Most children of one answer. */
const LARGEST_PAGE = 1_000;

/** llmspellState/children */
export async function children(
  context: ServerContext,
  { store, namespace, prefix = "", after, until, limit = 200 }: ChildrenParams,
  token: CancellationToken,
): Promise<KeyChildren> {
  const view = storeFolder(context, store).openView();
  const bounded = Math.max(1, Math.min(limit, LARGEST_PAGE));
  const query = { namespace, prefix, after, until, limit: bounded };
  return await keyChildren(view, query, pausing(token));
}

/** llmspellState/search */
export async function search(
  context: ServerContext,
  { store, ...query }: SearchParams,
  token: CancellationToken,
): Promise<SearchResult> {
  const folder = storeFolder(context, store);
  if (isNamesSearch(query)) {
    const view = await context.names.over(folder.openView());
    return await searchEntries(view, query, pausing(token));
  }
  // All entries are read.
  return await runJob(context.connection, "Searching state", undefined, token, (control) =>
    folder.jobs().search(query, control),
  );
}

/** Lets other messages be answered, and ends work that nobody wants any more. */
function pausing(token: CancellationToken): () => Promise<void> {
  return async () => {
    await nextTurn();
    // The answer to a cancelled request says so, whatever ended it.
    if (token.isCancellationRequested) throw new Error("cancelled");
  };
}
