import * as vscode from "vscode";

const LUA_LANGUAGE_SERVER = "sumneko.lua";

/** What is asked of LuaLS, where it is here: its setting for further descriptions of libraries. */
export const LIBRARY_SETTING = "workspace.library";

/** Whether the other language server for Lua is installed. */
export function hasLuaLanguageServer(): boolean {
  return vscode.extensions.getExtension(LUA_LANGUAGE_SERVER) !== undefined;
}

/** Below this folder are our descriptions of State for it, a folder for each store. */
export function libraryRoot(context: vscode.ExtensionContext): vscode.Uri {
  return vscode.Uri.joinPath(context.globalStorageUri, "lua");
}

/** The folders that LuaLS is told of, as they are written in the settings. */
export function libraries(scope?: vscode.Uri): readonly string[] {
  const given: unknown = vscode.workspace.getConfiguration("Lua", scope).get(LIBRARY_SETTING);
  return Array.isArray(given) ? given.filter((path) => typeof path === "string") : [];
}

/** Whether LuaLS is here and knows State from one of our descriptions. */
export function hasLuaLibrary(context: vscode.ExtensionContext): boolean {
  if (!hasLuaLanguageServer()) return false;
  const ours = [libraryRoot(context).fsPath, context.asAbsolutePath("media/lua")];
  const scopes = vscode.workspace.workspaceFolders?.map(({ uri }) => uri) ?? [undefined];
  return scopes.every((scope) =>
    libraries(scope).some((path) => ours.some((folder) => path.startsWith(folder))),
  );
}
