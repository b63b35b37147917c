import { StateError } from "../../../shared/src/errors.ts";
import { listBackups } from "./backup/catalog.ts";
import { checkSizes, loadChain } from "./backup/chain.ts";
import { type BackupPlace, backupPlace } from "./backup/place.ts";
import type { Engine } from "./engine.ts";

/**
 * The engine, whose errors about a damaged store name the newest backup that looks whole: its files
 * are there, with the sizes that they had.
 */
export function namingNewestBackup(engine: Engine, place: BackupPlace): Engine {
  const methods = Object.entries(engine).map(([name, method]) => [
    name,
    async (...params: readonly unknown[]): Promise<unknown> => {
      try {
        return await (method as (...params: readonly unknown[]) => Promise<unknown>)(...params);
      } catch (error) {
        throw await nameNewestBackup(error, place);
      }
    },
  ]);
  return Object.fromEntries(methods) as Engine;
}

/** As it was, unless it tells of a damaged store and there is a backup to name. */
export async function nameNewestBackup(
  error: unknown,
  place: Pick<BackupPlace, "folder">,
): Promise<unknown> {
  if (!(error instanceof StateError) || error.code !== "corrupt-store") return error;
  const id = await newestGoodBackup(place).catch(() => undefined);
  if (id === undefined) return error;
  return new StateError(
    error.code,
    error.message,
    "Run `llmspell-state doctor`. To go back to the newest backup, run " +
      `\`llmspell-state backup restore ${id} --set-aside\`: the damaged file is kept.`,
    { cause: error, data: { ...error.data, backup: id } },
  );
}

async function newestGoodBackup({ folder }: Pick<BackupPlace, "folder">) {
  const place = backupPlace({ backupDir: folder, maxValueBytes: 0 });
  for (const { id, verified } of await listBackups(place)) {
    if (verified !== false && (await isWhole(folder, id))) return id;
  }
  return undefined;
}

async function isWhole(folder: string, id: string): Promise<boolean> {
  try {
    await checkSizes(folder, await loadChain(folder, id));
    return true;
  } catch (error) {
    if (error instanceof StateError) return false;
    throw error;
  }
}
