import * as vscode from "vscode";

const SCHEME = "llmspell-state-report";

/** So many documents that are read late are known, the newest; closed ones may be opened again. */
const MOST_LATE = 500;

type Text = string | (() => Promise<string>);

/** Read-only documents that say what was found or would change, as of one moment. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #late = new Map<string, () => Promise<string>>();
  readonly #subscriptions: vscode.Disposable[];
  #made = 0;

  constructor() {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    ];
  }

  /**
   * A new document with this text, or with what is read when it is first looked at; its name says in
   * the tab what it is, its ending the language, `folder` what it belongs to.
   */
  add(name: string, text: Text, folder = ""): vscode.Uri {
    this.#made += 1;
    const path = [folder, name].map((part) => part.replaceAll("/", "∕")).join("/");
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: path.startsWith("/") ? path : `/${path}`,
      query: String(this.#made),
    });
    if (typeof text === "string") this.#texts.set(uri.toString(), text);
    else this.#keepLate(uri.toString(), text);
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

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const text = this.#texts.get(uri.toString()) ?? (await this.#late.get(uri.toString())?.());
    return text ?? vscode.l10n.t("This was shown in an earlier window.");
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #keepLate(uri: string, read: () => Promise<string>): void {
    this.#late.set(uri, read);
    const [oldest = uri] = this.#late.keys();
    if (this.#late.size > MOST_LATE) this.#late.delete(oldest);
  }
}
