import * as vscode from "vscode";

const SCHEME = "llmspell-state-report";

/** Read-only documents that say what was found or would change, as of one moment. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable[];
  #made = 0;

  constructor() {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    ];
  }

  /** A new document with this text; its name says in the tab what it is, its ending the language. */
  add(name: string, text: string): vscode.Uri {
    this.#made += 1;
    const path = `/${name.replaceAll("/", "∕")}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: String(this.#made) });
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  /** The same, opened beside whatever has the focus. */
  async show(name: string, text: string): Promise<vscode.Uri> {
    const uri = this.add(name, text);
    await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: true });
    return uri;
  }

  async close(uri: vscode.Uri): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const shown = tabs.filter(
      ({ input }) =>
        input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
    );
    await vscode.window.tabGroups.close(shown);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? vscode.l10n.t("This was shown in an earlier window.");
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
