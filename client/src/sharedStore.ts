import * as vscode from "vscode";
import type { StoreInfo } from "../../shared/src/protocol.ts";
import type { Stores } from "./stores.ts";

/** Where a store is that others work on too, for people; undefined: it is this folder's alone. */
export function sharedPlace(info: StoreInfo | undefined): string | undefined {
  return info?.shared === true ? info.path : undefined;
}

/** What a question before a change of much says of a store that others work on too. */
export function sharedNote(stores: Stores, store: string): readonly string[] {
  const place = sharedPlace(stores.find(store));
  if (place === undefined) return [];
  return [vscode.l10n.t("This state is shared: whoever uses {0} sees the change.", place)];
}
