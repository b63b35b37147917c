import * as vscode from "vscode";

/**
 * What files have in common that VS Code may open and that are never made, moved or removed there:
 * they come and go with what they show.
 */
export abstract class FixedFiles {
  watch(): vscode.Disposable {
    // Whatever is watched, all changes are told.
    return new vscode.Disposable(() => {});
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
