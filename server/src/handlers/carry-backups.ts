import { basename, dirname } from "node:path";
import { StateError } from "../../../shared/src/errors.ts";
import type { ExportBackupParams, ImportBackupParams } from "../../../shared/src/protocol.ts";
import { carryBackup } from "../engine/backup/carry.ts";
import { requireTrust, type ServerContext, storeFolder } from "./context.ts";

/** llmspellState/exportBackup */
export async function exportBackup(
  context: ServerContext,
  { store, id, folder }: ExportBackupParams,
): Promise<{ ids: string[] }> {
  requireTrust(context, "exporting backups");
  return { ids: await carryBackup(backupDir(context, store), folder, id) };
}

/** llmspellState/importBackup */
export async function importBackup(
  context: ServerContext,
  { store, file }: ImportBackupParams,
): Promise<{ ids: string[] }> {
  requireTrust(context, "importing backups");
  const [id = ""] = basename(file).split(".");
  return { ids: await carryBackup(dirname(file), backupDir(context, store), id) };
}

function backupDir(context: ServerContext, store: string): string {
  const { configuration, name } = storeFolder(context, store);
  if (configuration !== undefined) return configuration.backupDir;
  throw new StateError(
    "not-ready",
    `The configuration of ${name} cannot be read, so its backups are not known.`,
    "Correct llmspell.toml first.",
  );
}
