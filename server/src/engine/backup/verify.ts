import type { BackupVerdict, JobControl } from "../engine.ts";
import { readBody } from "./body.ts";
import { checkSizes, loadChain, loadManifest } from "./chain.ts";
import { faultOf, stopIfAborted, storageProblem } from "./faults.ts";
import { dataPath } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import type { BackupPlace } from "./place.ts";
import { writeVerdict } from "./verdict.ts";

const WHAT = "The verification";

/**
 * Verifies a backup and all it builds on, without restoring it. Quick: manifests, the chain and the
 * files' sizes; else every byte and entry too. `keep: false` leaves no mark of the verdict.
 * @throws StateError `invalid-backup-id`, `unknown-backup`, `cancelled`
 */
export async function verifyBackup(
  place: BackupPlace,
  id: string,
  options: { readonly quick: boolean; readonly keep?: boolean },
  control: JobControl = {},
): Promise<BackupVerdict> {
  try {
    const errors = await findErrors(place, id, options.quick, control);
    const told = !options.quick || errors.length > 0;
    if (told && options.keep !== false) await keepVerdict(place, id, errors.length === 0);
    return { isValid: errors.length === 0, errors };
  } catch (error) {
    throw storageProblem(error, place.folder);
  }
}

/** Every byte and entry of a chain. @throws StateError `damaged-backup`, `cancelled` */
export async function verifyChain(
  place: BackupPlace,
  chain: readonly Manifest[],
  control: JobControl,
): Promise<void> {
  await checkSizes(place.folder, chain);
  for (const link of chain) await verifyData(place, link, chain, control);
}

async function verifyData(
  place: BackupPlace,
  link: Manifest,
  chain: readonly Manifest[],
  control: JobControl,
): Promise<void> {
  const total = chain.reduce((sum, { entries, deletions }) => sum + entries + deletions, 0);
  let done = 0;
  for (const earlier of chain.slice(0, chain.indexOf(link))) {
    done += earlier.entries + earlier.deletions;
  }
  for await (const lines of readBody(dataPath(place.folder, link.id), link, place.maxValueBytes)) {
    stopIfAborted(control.signal, WHAT);
    done += lines.length;
    control.progress?.({ done, total, what: "verifying entries" });
  }
}

async function findErrors(
  place: BackupPlace,
  id: string,
  quick: boolean,
  control: JobControl,
): Promise<readonly string[]> {
  const errors: string[] = [];
  const note = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      errors.push(fault);
    }
  };
  let chain: readonly Manifest[] = [];
  await note(async () => {
    chain = await loadChain(place.folder, id);
  });
  for (const link of chain) {
    await note(async () => {
      await checkSizes(place.folder, [link]);
      if (!quick) await verifyData(place, link, chain, control);
    });
  }
  return errors;
}

async function keepVerdict(place: BackupPlace, id: string, isValid: boolean): Promise<void> {
  let manifestSha256: string;
  try {
    manifestSha256 = (await loadManifest(place.folder, id)).fileSha256;
  } catch {
    return;
  }
  await writeVerdict(place.folder, id, { isValid, manifestSha256, at: place.now() });
}
