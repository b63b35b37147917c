import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { JobControl } from "../engine.ts";
import { readBody } from "./body.ts";
import { readableManifests } from "./catalog.ts";
import { faultOf, stopIfAborted, storageProblem } from "./faults.ts";
import { dataPath } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import { compareNamed, type Named } from "./order.ts";
import type { BackupPlace } from "./place.ts";

/**
 * Ids of the backups whose own data holds a value of this key, newest first. Damaged ones cannot be
 * judged and are left out. @throws StateError `invalid-namespace`, `invalid-key`, `cancelled`
 */
export async function backupsHolding(
  place: BackupPlace,
  namespace: string,
  key: string,
  control: JobControl = {},
): Promise<readonly string[]> {
  const name: Named = { namespace: checkNamespace(namespace), key: checkKey(key) };
  const ids: string[] = [];
  try {
    for (const { manifest } of await readableManifests(place.folder)) {
      stopIfAborted(control.signal, "The search");
      if (await holds(place, manifest, name)) ids.unshift(manifest.id);
    }
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
  return ids;
}

async function holds(place: BackupPlace, manifest: Manifest, name: Named): Promise<boolean> {
  try {
    const path = dataPath(place.folder, manifest.id);
    for await (const lines of readBody(path, manifest, place.maxValueBytes)) {
      for (const line of lines) {
        const order = compareNamed(line, name);
        if (order === 0) return line.value !== undefined;
        if (order > 0) return false;
      }
    }
    return false;
  } catch (error) {
    if (faultOf(error) === undefined) throw error;
    return false;
  }
}
