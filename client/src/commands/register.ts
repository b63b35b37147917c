import * as vscode from "vscode";
import type { Connection } from "../connection.ts";
import { showFailure, showProblem } from "../problems.ts";
import type { Stores } from "../stores.ts";
import type { BackupNode, BackupsNode, BackupsTree } from "../trees/backupsTree.ts";
import type { EntryNode } from "../trees/stateNodes.ts";
import type { StateTree } from "../trees/stateTree.ts";
import { createBackup } from "./createBackup.ts";
import { copyKey, copyValue, deleteKey, openValue } from "./entries.ts";
import { newExampleScript } from "./newExample.ts";
import { restoreBackup } from "./restoreBackup.ts";
import { runScript } from "./runScript.ts";

export interface CommandContext {
  readonly connection: Connection;
  readonly stores: Stores;
  readonly stateTree: StateTree;
  readonly backupsTree: BackupsTree;
  /** The server's log. */
  readonly log: vscode.LogOutputChannel;
  /** What scripts print. */
  readonly scriptOutput: vscode.OutputChannel;
}

type Command = (...given: never[]) => unknown;

/** Registers every command of the manifest. What one throws is told to the user. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const { connection, stores, stateTree, backupsTree, log, scriptOutput } = context;
  const commands: Record<string, Command> = {
    "llmspellState.runScript": (uri?: vscode.Uri) => runScript(connection, scriptOutput, uri),
    "llmspellState.newExampleScript": newExampleScript,
    "llmspellState.createBackup": () => createBackup(connection, stores),
    "llmspellState.restoreBackup": (node?: BackupsNode) => restoreBackup(connection, stores, node),
    "llmspellState.copyBackupId": ({ summary }: BackupNode) =>
      vscode.env.clipboard.writeText(summary.id),
    "llmspellState.refresh": async () => {
      await stores.refresh();
      stateTree.refresh();
      backupsTree.refresh();
    },
    "llmspellState.openValue": openValue,
    "llmspellState.copyKey": copyKey,
    "llmspellState.copyValue": (node: EntryNode) => copyValue(connection, node),
    "llmspellState.deleteKey": (node: EntryNode) => deleteKey(connection, node),
    "llmspellState.loadMore": stateTree.loadMore.bind(stateTree),
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
