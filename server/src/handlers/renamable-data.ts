import type { CancellationToken } from "vscode-languageserver/node";
import type { RenamePlan, StatePart } from "../../../shared/src/protocol.ts";
import { planRenaming } from "../engine/rename.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { ServerContext } from "./context.ts";
import { runJob } from "./job.ts";

/**
 * How many entries a renaming of stored data would move, and how many are in its way. What keys begin
 * with may be that of very many: this thread does not look at them.
 */
export async function renamableData(
  context: ServerContext,
  folder: StateFolder,
  part: StatePart,
  to: string,
  token: CancellationToken,
): Promise<RenamePlan["data"]> {
  if (part.prefix === undefined) return await planRenaming(folder.openView(), part, to);
  return await runJob(context.connection, "Looking at entries", undefined, token, (control) =>
    folder.jobs().planRenaming(part, to, control),
  );
}
