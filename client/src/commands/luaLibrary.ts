import * as vscode from "vscode";
import {
  type LuaLibraryResult,
  luaLibraryRequest,
  type StoreInfo,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { hasLuaLanguageServer, LIBRARY_SETTING, libraries } from "../luaLibrary.ts";
import type { Stores } from "../stores.ts";
import { pickStore } from "./pick.ts";

export interface LibraryContext {
  readonly connection: Connection;
  readonly stores: Stores;
  /** Where descriptions are written: the extension's own folder, so that no workspace is littered. */
  readonly libraryRoot: vscode.Uri;
}

/**
 * Writes a description of State for LuaLS, with the forms of stored values if wanted, adds its folder
 * to the workspace's setting and says so; run again, it writes the description anew.
 */
export async function addLuaLibrary({
  connection,
  stores,
  libraryRoot,
}: LibraryContext): Promise<void> {
  const title = vscode.l10n.t("Add Lua Library");
  const info = await pickStore(stores, title);
  const types = info && (await pickTypes(title));
  if (info === undefined || types === undefined) return;
  const { store } = info;
  const described = await connection.request(luaLibraryRequest, { store, types });
  const folder = vscode.Uri.joinPath(libraryRoot, store);
  const file = vscode.Uri.joinPath(folder, "state.lua");
  await vscode.workspace.fs.createDirectory(folder);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(described.text));
  if (hasLuaLanguageServer()) await tellLuaServer(info, folder, describedText(described, types));
  else await tellPath(folder, describedText(described, types));
}

interface TypesItem extends vscode.QuickPickItem {
  readonly types: boolean;
}

async function pickTypes(title: string): Promise<boolean | undefined> {
  const items: TypesItem[] = [
    {
      label: vscode.l10n.t("State's functions"),
      detail: vscode.l10n.t("Their parameters, results and documentation."),
      types: false,
    },
    {
      label: vscode.l10n.t("State's functions, and types of what is stored"),
      detail: vscode.l10n.t(
        "What loading each key gives: names and types, no values. Run this again when they have changed.",
      ),
      types: true,
    },
  ];
  return (await vscode.window.showQuickPick(items, { title }))?.types;
}

function describedText({ typed, more }: LuaLibraryResult, types: boolean): string {
  if (!types) return vscode.l10n.t("Its functions are described.");
  if (typed === 1) return vscode.l10n.t("Its functions and 1 stored value are described.");
  return more
    ? vscode.l10n.t("Its functions and the first {0} stored values are described.", typed)
    : vscode.l10n.t("Its functions and {0} stored values are described.", typed);
}

/** Adds the folder to `Lua.workspace.library`, and offers to take it out again. */
async function tellLuaServer(
  { folder: uri, name }: StoreInfo,
  folder: vscode.Uri,
  described: string,
): Promise<void> {
  const scope = vscode.Uri.parse(uri);
  const before = libraries(scope);
  if (before.includes(folder.fsPath)) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The Lua library of {0} is written anew. {1}", name, described),
    );
    return;
  }
  const setting = vscode.workspace.getConfiguration("Lua", scope);
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const target = several
    ? vscode.ConfigurationTarget.WorkspaceFolder
    : vscode.ConfigurationTarget.Workspace;
  const written = setting.inspect(LIBRARY_SETTING);
  const own = several ? written?.workspaceFolderValue : written?.workspaceValue;
  await setting.update(LIBRARY_SETTING, [...before, folder.fsPath], target);
  const undo = vscode.l10n.t("Undo");
  const show = vscode.l10n.t("Show Setting");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      "State was added to Lua.workspace.library of {0}. {1} The file is in {2}.",
      name,
      described,
      folder.fsPath,
    ),
    undo,
    show,
  );
  if (answer === show) {
    await vscode.commands.executeCommand(
      "workbench.action.openWorkspaceSettings",
      `Lua.${LIBRARY_SETTING}`,
    );
  }
  if (answer !== undo) return;
  await vscode.workspace.getConfiguration("Lua", scope).update(LIBRARY_SETTING, own, target);
  await vscode.workspace.fs.delete(folder, { recursive: true });
}

/** Where the Lua extension is not installed there is no setting to change. */
async function tellPath(folder: vscode.Uri, described: string): Promise<void> {
  const copy = vscode.l10n.t("Copy Path");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      "A description of State was written to {0}. {1} The extension Lua (sumneko.lua) is not installed here: other servers take the folder in .luarc.json or .emmyrc.json, under workspace.library.",
      folder.fsPath,
      described,
    ),
    copy,
  );
  if (answer === copy) await vscode.env.clipboard.writeText(folder.fsPath);
}
