import { StateError } from "../../../shared/src/errors.ts";
import type { StoreInfo } from "../../../shared/src/protocol.ts";
import { compareVersions, parseVersion } from "../engine/migration/versions.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { ServerContext } from "./context.ts";

/** llmspellState/stores */
export async function stores(context: ServerContext): Promise<StoreInfo[]> {
  return await Promise.all(context.folders.all().map(storeInfo));
}

async function storeInfo(folder: StateFolder): Promise<StoreInfo> {
  const info = await folder.info();
  return (await isBehind(folder)) ? { ...info, migrationPending: true } : info;
}

/** Whether what is stored has an older schema version than is configured. */
async function isBehind(folder: StateFolder): Promise<boolean> {
  const wanted = parseVersion(folder.configuration?.schemaVersion ?? "");
  try {
    const stored = parseVersion((await folder.schemaVersion()) ?? "");
    return wanted !== undefined && stored !== undefined && compareVersions(wanted, stored) > 0;
  } catch (error) {
    // A store that cannot be read says so in its own way.
    if (error instanceof StateError) return false;
    throw error;
  }
}
