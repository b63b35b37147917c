import * as vscode from "vscode";
import {
  type BackupSummary,
  backupsRequest,
  namespacesRequest,
  type StoreInfo,
  storesRequest,
} from "../../shared/src/protocol.ts";
import type { Connection } from "./connection.ts";
import { entriesText } from "./counts.ts";
import { age, size } from "./format.ts";
import { problemText } from "./problems.ts";
import type { Stores } from "./stores.ts";

/** Changes that arrive within this many milliseconds of the first are told together. */
const GATHER_MS = 500;

/** What is told of one store. */
interface StoreFacts {
  readonly info: StoreInfo;
  readonly entries: number;
  readonly bytes: number;
  readonly newestBackup: BackupSummary | undefined;
}

/** How much is stored, where, and when it was last backed up, at the bottom of the window. */
export function showStatus(connection: Connection, stores: Stores): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("llmspellState", vscode.StatusBarAlignment.Left);
  item.name = "LLMSpell State";
  item.command = "llmspellState.showMenu";
  let gathering: NodeJS.Timeout | undefined;
  const read = async () => {
    gathering = undefined;
    try {
      const all = await connection.request(storesRequest, {});
      draw(item, await Promise.all(all.map((info) => factsOf(connection, info))));
    } catch {
      // Without a server there is nothing to tell; the views say so.
      item.hide();
    }
  };
  const soon = () => {
    gathering ??= setTimeout(read, GATHER_MS);
  };
  const subscriptions = [
    stores.onDidChange(() => void read()),
    connection.onChanged(soon),
    connection.onBackupsChanged(soon),
  ];
  return new vscode.Disposable(() => {
    clearTimeout(gathering);
    for (const subscription of [item, ...subscriptions]) subscription.dispose();
  });
}

async function factsOf(connection: Connection, info: StoreInfo): Promise<StoreFacts> {
  const { store, problem } = info;
  if (problem !== undefined) return { info, entries: 0, bytes: 0, newestBackup: undefined };
  const [namespaces, backups] = await Promise.all([
    connection.request(namespacesRequest, { store }),
    // What is wrong with the backups' folder is told in their view.
    connection.request(backupsRequest, { store }).catch((): BackupSummary[] => []),
  ]);
  const sum = (count: (namespace: (typeof namespaces)[number]) => number) =>
    namespaces.reduce((total, namespace) => total + count(namespace), 0);
  return {
    info,
    entries: sum(({ keys }) => keys),
    bytes: sum(({ bytes }) => bytes),
    newestBackup: backups[0],
  };
}

function draw(item: vscode.StatusBarItem, all: readonly StoreFacts[]): void {
  if (all.length === 0) {
    item.hide();
    return;
  }
  const entries = all.reduce((total, facts) => total + facts.entries, 0);
  const problem = all.some(({ info }) => info.problem !== undefined);
  const pending = all.some(({ info }) => info.migrationPending === true);
  const count = entriesText(entries);
  item.text = problem
    ? `$(error) ${vscode.l10n.t("State")}`
    : pending
      ? `$(database) ${count} $(versions)`
      : `$(database) ${count}`;
  item.backgroundColor = problem
    ? new vscode.ThemeColor("statusBarItem.errorBackground")
    : undefined;
  const tooltip = new vscode.MarkdownString();
  tooltip.supportThemeIcons = true;
  for (const [at, facts] of all.entries()) {
    if (at > 0) tooltip.appendMarkdown("\n\n---\n\n");
    for (const line of describe(facts)) tooltip.appendText(line).appendMarkdown("\n\n");
  }
  item.tooltip = tooltip;
  const spoken = all.flatMap(describe).join(", ");
  item.accessibilityInformation = { label: vscode.l10n.t("LLMSpell State: {0}", spoken) };
  item.show();
}

function describe({ info, entries, bytes, newestBackup }: StoreFacts): string[] {
  const { language } = vscode.env;
  const { name, backend, problem, migrationPending, schemaVersion } = info;
  if (problem !== undefined) return [name, problemText(problem)];
  const backup =
    newestBackup === undefined
      ? vscode.l10n.t("never backed up")
      : vscode.l10n.t("backed up {0}", age(newestBackup.createdAt, Date.now(), language, "long"));
  return [
    vscode.l10n.t("{0} ({1})", name, backend),
    vscode.l10n.t("{0}, {1}", entriesText(entries), size(bytes, language)),
    backup,
    ...(migrationPending === true
      ? [vscode.l10n.t("migrations to {0} are pending", schemaVersion)]
      : []),
  ];
}
