import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type ScriptContext, type ScriptFolder, uriOf } from "./context.ts";

/** Larger files are not scripts. */
const LARGEST = 4 * 1024 * 1024;

/** A script as it is in the editor, else on disk; undefined where there is none. */
export async function scriptText(
  context: Pick<ScriptContext, "documents">,
  folder: ScriptFolder | undefined,
  file: string,
): Promise<TextDocument | undefined> {
  const uri = uriOf(folder, file);
  const open = context.documents.get(uri);
  if (open !== undefined || !uri.startsWith("file:")) return open;
  try {
    const path = fileURLToPath(uri);
    if ((await stat(path)).size > LARGEST) return undefined;
    return TextDocument.create(uri, "lua", 0, await readFile(path, "utf8"));
  } catch {
    // It went away since it was read: then there is nothing to tell of it.
    return undefined;
  }
}
