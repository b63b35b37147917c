import { isAbsolute } from "node:path";
import * as vscode from "vscode";

/** The language of what scripts print: it has places in scripts as links. */
export const OUTPUT_LANGUAGE = "llmspell-output";

const PLACE = /([^\s:'"[\]()][^:\n'"[\]()]*\.lua):(\d+)/g;

/** Makes `chat.lua:12` in what scripts print a link, for paths in the folders of the window and whole ones. */
export function linkOutput(): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(
    { language: OUTPUT_LANGUAGE },
    { provideDocumentLinks: findPlaces },
  );
}

async function findPlaces(document: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
  const known = new Map<string, Promise<vscode.Uri | undefined>>();
  const find = (path: string) => {
    const finding = known.get(path) ?? existing(path);
    known.set(path, finding);
    return finding;
  };
  const links: vscode.DocumentLink[] = [];
  for (const match of document.getText().matchAll(PLACE)) {
    const [, path = "", line = ""] = match;
    // Words before a path may belong to the message, or to a path with blanks.
    for (const candidate of new Set([path, path.slice(path.search(/\S+$/))])) {
      const uri = await find(candidate);
      if (uri === undefined) continue;
      const end = match.index + path.length + 1 + line.length;
      const start = match.index + path.length - candidate.length;
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      links.push({ range, target: uri.with({ fragment: `L${line}` }) });
      break;
    }
  }
  return links;
}

async function existing(path: string): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const places = isAbsolute(path)
    ? [vscode.Uri.file(path)]
    : folders.map(({ uri }) => vscode.Uri.joinPath(uri, path));
  for (const place of places) {
    try {
      await vscode.workspace.fs.stat(place);
      return place;
    } catch {
      // Not there: the next folder may have it.
    }
  }
  return undefined;
}
