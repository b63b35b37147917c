import { checkKey, checkNamespace } from "../../../shared/src/names.ts";
import { checkRevision } from "./refusals.ts";
import type { ChangesSince, Json, SaveOptions, Snapshot } from "./types.ts";
import { checkValue } from "./values/check.ts";

/** What has changed since `revision` in a store that is not there yet, or no more. */
export function changesOfNothing(revision: number): ChangesSince {
  return revision === 0 ? { gap: false, changes: [] } : { gap: true, revision: 0 };
}

/**
 * What a save would be refused for anyway must not bring a store into being.
 * @throws StateError `invalid-namespace`, `invalid-key`, `invalid-value`, `conflict`
 */
export function refuseBeforeCreating(
  namespace: string,
  key: string,
  value: Json,
  options: SaveOptions | undefined,
): void {
  checkRevision(options?.ifRevision, 0, checkNamespace(namespace), checkKey(key));
  checkValue(value);
}

/** The picture of a store that does not exist yet. */
export function emptySnapshot(schemaVersion: string): Snapshot {
  return {
    revision: 0,
    storeId: "",
    schemaVersion,
    entry: async () => undefined,
    page: async () => [],
    async *entries() {},
    async *heads() {},
    async *entriesSince() {},
    async deletionsSince() {
      return [];
    },
    async changeTime() {
      return undefined;
    },
  };
}
