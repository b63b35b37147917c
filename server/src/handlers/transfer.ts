import { createWriteStream } from "node:fs";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CancellationToken } from "vscode-languageserver/node";
import { StateError } from "../../../shared/src/errors.ts";
import type {
  ExportEntriesParams,
  ImportEntriesParams,
  ImportEntriesResult,
} from "../../../shared/src/protocol.ts";
import { exportLine } from "../engine/transfer/export-line.ts";
import { type Incoming, readJsonLines } from "../engine/transfer/incoming.ts";
import type { ChangeDetail, StateView } from "../engine/types.ts";
import { changePreview } from "../service/present-entry.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";
import { entriesOfParts, wholeState } from "./parts.ts";

/** A file is read whole; larger ones are for the command line. */
const LARGEST_IMPORT = 64 * 1024 * 1024;
/** Most changes that are told. */
const MOST_TOLD = 1_000;

/** llmspellState/exportEntries */
export async function exportEntries(
  context: ServerContext,
  { store, file, parts, workDoneToken }: ExportEntriesParams,
  token: CancellationToken,
): Promise<{ exported: number }> {
  requireTrust(context, "exporting state");
  const view = storeFolder(context, store).openView();
  const { connection } = context;
  const progress =
    workDoneToken === undefined
      ? undefined
      : connection.window.attachWorkDoneProgress(workDoneToken);
  progress?.begin("Exporting state", undefined, undefined, true);
  let exported = 0;
  const wanted = parts ?? (await wholeState(view));
  async function* lines(): AsyncGenerator<string> {
    for await (const batch of entriesOfParts(view, wanted, { token })) {
      exported += batch.length;
      progress?.report(`${exported}`);
      yield batch.map(exportLine).join("");
    }
  }
  // A file that is not whole is never found under its name.
  const partial = `${file}.part`;
  try {
    await pipeline(Readable.from(lines()), createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, file);
    return { exported };
  } catch (error) {
    await rm(partial, { force: true });
    throw fileError(error, file, "written");
  } finally {
    progress?.done();
  }
}

/** llmspellState/importEntries */
export async function importEntries(
  context: ServerContext,
  { store, file, dryRun = false }: ImportEntriesParams,
): Promise<ImportEntriesResult> {
  requireTrust(context, "importing state");
  const folder = storeFolder(context, store);
  const view = folder.openView();
  const incoming = readJsonLines(await textOf(file), basename(file), Date.now());
  const revision = await view.revision();
  const changes = await changesBy(view, incoming);
  const told = { changes: changes.slice(0, MOST_TOLD).map(changePreview), total: changes.length };
  if (dryRun || changes.length === 0) return { ...told, backupId: null };
  const overwrites = changes.some(({ before }) => before !== undefined);
  const backup = overwrites
    ? await folder.jobs().createBackup({ incremental: false, reason: "before-deletion" })
    : undefined;
  await folder.engine().applyChanges(`import:${basename(file)}`, revision, changes);
  return { ...told, backupId: backup?.id ?? null };
}

async function changesBy(view: StateView, incoming: Incoming): Promise<readonly ChangeDetail[]> {
  const changes: ChangeDetail[] = [];
  for (const { namespace, key, value, updatedAt } of incoming.entries) {
    const present = await view.entry(namespace, key);
    if (present?.value === value) continue;
    changes.push({
      op: "save",
      namespace,
      key,
      revision: 0,
      at: updatedAt,
      origin: "",
      after: value,
      ...(present === undefined ? {} : { before: present.value }),
    });
  }
  return changes;
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= LARGEST_IMPORT) {
      return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
    }
  } catch (error) {
    throw fileError(error, file, "read");
  }
  throw new StateError(
    "file-too-large",
    `${file} is larger than what the editor takes in at once.`,
    "Import it with the command line: llmspell-state import FILE.",
  );
}

function fileError(error: unknown, file: string, verb: "read" | "written"): unknown {
  if (error instanceof StateError || !(error instanceof Error)) return error;
  const isSystem = "code" in error && typeof error.code === "string";
  if (!isSystem) return error;
  return new StateError(
    verb === "read" ? "unreadable-file" : "unwritable-file",
    `${file} cannot be ${verb}: ${error.message}.`,
    "Choose another file.",
  );
}
