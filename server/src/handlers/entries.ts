import type { EntriesPage, EntriesParams } from "../../../shared/src/protocol.ts";
import { entrySummary, FOR_PREVIEW } from "../service/present-entry.ts";
import { type ServerContext, storeFolder } from "./context.ts";

/** Most entries of one page. */
const LARGEST_PAGE = 1000;

/** llmspellState/entries */
export async function entries(
  context: ServerContext,
  { store, namespace, prefix, after, limit = 100 }: EntriesParams,
): Promise<EntriesPage> {
  const size = Math.max(1, Math.min(limit, LARGEST_PAGE));
  const found = await storeFolder(context, store)
    .openView()
    .page(namespace, {
      limit: size + 1,
      ...FOR_PREVIEW,
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    });
  const page = found.slice(0, size).map(entrySummary);
  const last = page.at(-1);
  return found.length > size && last !== undefined
    ? { entries: page, next: last.key }
    : { entries: page };
}
