import * as vscode from "vscode";
import type { Location, Position } from "vscode-languageclient/node";
import type { EntryParams, ReferencesParams } from "../../../shared/src/protocol.ts";
import { SCHEME } from "../../../shared/src/value-uri.ts";
import type { DatabaseUrl } from "../databaseUrl.ts";
import type { Overview } from "../overview/overviewPanel.ts";
import { showFailure, showProblem } from "../problems.ts";
import type { RecentChanges } from "../recent/recentChangesTree.ts";
import { showChange } from "../runs/review.ts";
import type { BackupNode, BackupsNode, BackupsTree } from "../trees/backupsTree.ts";
import type { RunChangeNode } from "../trees/runChangesTree.ts";
import type {
  EntryNode,
  GroupNode,
  MoreNode,
  NamespaceNode,
  StateNode,
} from "../trees/stateNodes.ts";
import type { StateQuery } from "../trees/stateQuery.ts";
import type { StateTree } from "../trees/stateTree.ts";
import type { ValueFiles } from "../valueFiles.ts";
import {
  compareBackups,
  compareWithNow,
  deleteBackup,
  exportBackup,
  importBackup,
  verifyBackup,
} from "./backups.ts";
import { createBackup } from "./createBackup.ts";
import { deleteRows } from "./deleteEntries.ts";
import { duplicate } from "./duplicate.ts";
import { copyLoad, copyNames, copyValues, openValue, showAsLua, showValue } from "./entries.ts";
import { filterState, filterTypes, sortState } from "./filter.ts";
import { fixAll } from "./fixAll.ts";
import { showHistory } from "./history.ts";
import { addLuaLibrary, type LibraryContext } from "./luaLibrary.ts";
import { showMenu } from "./menu.ts";
import { type Migrated, previewMigration } from "./migrate.ts";
import { newEntry } from "./newEntry.ts";
import { newExampleScript } from "./newExample.ts";
import { pickName } from "./pickName.ts";
import { pruneBackups } from "./pruneBackups.ts";
import { type ProposedName, type Renamed, rename } from "./rename.ts";
import { restoreBackup, restoreDamaged, restorePart } from "./restoreBackup.ts";
import { editRetention } from "./retention.ts";
import { revealValue } from "./reveal.ts";
import { loadMore, revealBackup, revealInTree } from "./revealInTree.ts";
import {
  applyDryRun,
  cancelScript,
  discardDryRun,
  dryRunScript,
  type GivenScript,
  runScript,
  runSelection,
  runWithArguments,
  type ScriptContext,
  showRunChanges,
} from "./runScript.ts";
import { chosenEntries, chosenRows, nameOf } from "./selection.ts";
import { peekReferences, pickReference } from "./showReferences.ts";
import { exportRows, importEntries } from "./transfer.ts";

export interface CommandContext extends ScriptContext, LibraryContext {
  readonly valueFiles: ValueFiles;
  readonly databaseUrl: DatabaseUrl;
  readonly stateView: vscode.TreeView<StateNode>;
  readonly stateTree: StateTree;
  readonly stateQuery: StateQuery;
  readonly backupsTree: BackupsTree;
  readonly backupsView: vscode.TreeView<BackupsNode>;
  readonly overview: Overview;
  readonly recentChanges: RecentChanges;
  /** The server's log. */
  readonly log: vscode.LogOutputChannel;
}

/** The walkthrough of the manifest, by the extension's id. */
const WALKTHROUGH = "llmspell.llmspell-state#start";

type NamedNode = EntryNode | NamespaceNode;
/** From a keybinding: the row that is selected. */
type Selected = "selected";
/** A value's document; from a keybinding: the one that has the focus. */
type ValueDocument = vscode.Uri | "document";

type Command = (...given: never[]) => unknown;

/** Registers every command of the manifest. What one throws is told to the user. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const {
    connection,
    stores,
    reports,
    valueFiles,
    stateView,
    stateTree,
    backupsTree,
    overview,
    log,
  } = context;
  const commands: Record<string, Command> = {
    "llmspellState.runScript": (script: GivenScript) => runScript(context, script),
    "llmspellState.dryRunScript": (script: GivenScript) => dryRunScript(context, script),
    "llmspellState.runSelection": () => runSelection(context),
    "llmspellState.runWithArguments": (script: GivenScript) => runWithArguments(context, script),
    "llmspellState.cancelScript": (script: GivenScript) => cancelScript(context, script),
    "llmspellState.showRunChanges": () => showRunChanges(context),
    "llmspellState.showRunChange": ({ run, change }: RunChangeNode) =>
      showChange(context, run, change),
    "llmspellState.applyDryRun": () => applyDryRun(context),
    "llmspellState.discardDryRun": () => discardDryRun(context),
    "llmspellState.newExampleScript": newExampleScript,
    "llmspellState.setDatabaseUrl": () => context.databaseUrl.ask(),
    "llmspellState.addLuaLibrary": () => addLuaLibrary(context),
    "llmspellState.createBackup": () => createBackup(connection, stores, false),
    "llmspellState.createIncrementalBackup": () => createBackup(connection, stores, true),
    "llmspellState.restoreBackup": (node?: BackupsNode) => restoreBackup(context, node),
    "llmspellState.restoreDamaged": (backup: { store: string; id: string }) =>
      restoreDamaged(context, backup),
    "llmspellState.restorePart": (node?: BackupsNode) => restorePart(context, node),
    "llmspellState.verifyBackup": (node?: BackupsNode) => verifyBackup(context, node),
    "llmspellState.compareWithNow": (node?: BackupsNode) => compareWithNow(context, node),
    "llmspellState.compareBackups": (node?: BackupsNode) => compareBackups(context, node),
    "llmspellState.deleteBackup": (node?: BackupsNode) => deleteBackup(context, node),
    "llmspellState.exportBackup": (node?: BackupsNode) => exportBackup(context, node),
    "llmspellState.importBackup": () => importBackup(context),
    "llmspellState.pruneBackups": () => pruneBackups(context),
    "llmspellState.editRetention": () => editRetention(context),
    "llmspellState.previewMigration": (migrated?: Migrated) => previewMigration(context, migrated),
    "llmspellState.copyBackupId": ({ summary }: BackupNode) =>
      vscode.env.clipboard.writeText(summary.id),
    "llmspellState.refresh": async () => {
      await stores.refresh();
      stateTree.refresh();
      backupsTree.refresh();
    },
    "llmspellState.openValue": (node: EntryNode, fromClick?: unknown) =>
      openValue(node, fromClick === true),
    "llmspellState.showValue": (name: EntryParams) => showValue(name),
    "llmspellState.showReferences": (script: string, at: Position, places: Location[]) =>
      peekReferences(connection, script, at, places),
    "llmspellState.findReferences": async (
      given?: NamedNode | Selected | EntryParams | ValueDocument,
    ) => {
      const title = vscode.l10n.t("Show Readers and Writers");
      const name = isDocument(given)
        ? await shownEntry(valueFiles, given)
        : (named(stateView, given) ?? (await pickName(connection, stores, title)));
      if (name !== undefined) await pickReference(connection, name);
    },
    "llmspellState.renameKey": async (given?: NamedNode | GroupNode | Selected | ProposedName) => {
      const title = vscode.l10n.t("Rename in Scripts and Data");
      const name =
        renamedBy(stateView, given) ??
        (await pickName(connection, stores, title, { groups: true }));
      if (name !== undefined) await rename(connection, reports, stores, name);
    },
    "llmspellState.fixAll": () => fixAll(),
    "llmspellState.newEntry": (given?: StateNode) => newEntry(connection, stores, given),
    "llmspellState.copyKey": (node: EntryNode, nodes?: StateNode[]) =>
      copyNames(chosenEntries(node, nodes)),
    "llmspellState.copyName": (node: StateNode, nodes?: StateNode[]) =>
      copyNames(chosenRows(node, nodes)),
    "llmspellState.copyLoad": (node: EntryNode, nodes?: StateNode[]) =>
      copyLoad(chosenEntries(node, nodes)),
    "llmspellState.duplicate": (node: EntryNode) => duplicate(connection, node),
    "llmspellState.showHistory": async (
      given: EntryNode | EntryParams | ValueDocument = "document",
    ) => {
      const name = isDocument(given) ? await shownEntry(valueFiles, given) : given;
      // A row of the recent changes has more in it than the name of what was changed.
      const { store, namespace, key } = "kind" in name ? nameOf(name) : name;
      await showHistory(connection, reports, { store, namespace, key });
    },
    "llmspellState.showAsLua": async (given: EntryNode | ValueDocument = "document") => {
      const name = isDocument(given) ? await shownEntry(valueFiles, given) : nameOf(given);
      await showAsLua(name);
    },
    "llmspellState.revealValue": (uri?: vscode.Uri) =>
      revealValue(connection, valueFiles, reports, uri),
    "llmspellState.copyValue": (node: EntryNode, nodes?: StateNode[]) =>
      copyValues(connection, chosenEntries(node, nodes), "json"),
    "llmspellState.copyValueLua": (node: EntryNode, nodes?: StateNode[]) =>
      copyValues(connection, chosenEntries(node, nodes), "lua"),
    "llmspellState.deleteKey": (node?: StateNode | Selected, nodes?: StateNode[]) =>
      node === undefined || node === "selected"
        ? deleteRows(context, chosenRows(undefined, stateView.selection))
        : deleteRows(context, chosenRows(node, nodes)),
    "llmspellState.loadMore": (node: MoreNode) => loadMore(stateView, stateTree, node),
    "llmspellState.openOverview": (node?: { readonly store?: string }) =>
      overview.open(node?.store),
    "llmspellState.revealInTree": async (given?: ReferencesParams | vscode.Uri) => {
      const name = await namedValue(valueFiles, given);
      if (name !== undefined) await revealInTree(stateView, stateTree, name);
    },
    "llmspellState.revealBackup": (backup: { store: string; id: string }) =>
      revealBackup(context.backupsView, backupsTree, backup),
    "llmspellState.pauseRecentChanges": () => context.recentChanges.pause(true),
    "llmspellState.resumeRecentChanges": () => context.recentChanges.pause(false),
    "llmspellState.clearRecentChanges": () => context.recentChanges.clear(),
    "llmspellState.filterState": () => {
      void stateTree.prepareFilter();
      filterState(context.stateQuery, "names");
    },
    "llmspellState.searchValues": () => filterState(context.stateQuery, "values"),
    "llmspellState.filterTypes": () => filterTypes(context.stateQuery),
    "llmspellState.clearFilter": () => context.stateQuery.clear(),
    "llmspellState.sortState": () => sortState(context.stateQuery),
    "llmspellState.exportEntries": (row?: StateNode, rows?: StateNode[]) =>
      exportRows(context, chosenRows(row, rows)),
    "llmspellState.importEntries": () => importEntries(context),
    "llmspellState.openWalkthrough": () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH),
    "llmspellState.showMenu": () => showMenu(stores),
    "llmspellState.showProblem": showProblem,
    "llmspellState.showOutput": () => log.show(),
  };
  const registered = Object.entries(commands).map(([name, command]) =>
    vscode.commands.registerCommand(name, async (...given: never[]) => {
      try {
        await command(...given);
      } catch (error) {
        await showFailure(error);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

function isDocument(given: unknown): given is ValueDocument {
  return given === "document" || given instanceof vscode.Uri;
}

/** The entry whose value a document shows. */
async function shownEntry(files: ValueFiles, given: ValueDocument): Promise<EntryParams> {
  const uri = given === "document" ? vscode.window.activeTextEditor?.document.uri : given;
  if (uri === undefined) throw new Error("No document has the focus.");
  return await files.nameOf(uri);
}

/** What a row of the tree or a link stands for; undefined where the command was called on neither. */
function named(
  view: vscode.TreeView<StateNode>,
  given: NamedNode | Selected | EntryParams | undefined,
): ReferencesParams | undefined {
  if (typeof given === "object" && !("kind" in given)) return given;
  const node = given === "selected" ? view.selection[0] : given;
  if (node?.kind === "entry") return nameOf(node);
  if (node?.kind !== "namespace") return undefined;
  return { store: node.store, namespace: node.namespace };
}

/** The same for renaming, where a row may stand for what keys begin with. */
function renamedBy(
  view: vscode.TreeView<StateNode>,
  given: NamedNode | GroupNode | Selected | ProposedName | undefined,
): Renamed | undefined {
  const node = given === "selected" ? view.selection[0] : given;
  if (node === undefined || !("kind" in node) || node.kind !== "group") {
    return named(view, given as NamedNode | Selected | ProposedName | undefined);
  }
  const { store, namespace, prefix } = node;
  return { store, namespace, prefix };
}

/** What is named, or the value of a document, by default of the one in the active editor. */
async function namedValue(
  files: ValueFiles,
  given: ReferencesParams | vscode.Uri | undefined,
): Promise<ReferencesParams | undefined> {
  if (given !== undefined && "namespace" in given) return given;
  const uri = given ?? vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme === SCHEME) return await files.nameOf(uri);
  void vscode.window.showInformationMessage(vscode.l10n.t("Open a value first."));
  return undefined;
}
