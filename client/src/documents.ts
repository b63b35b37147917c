import * as vscode from "vscode";
import { quote } from "../../shared/src/names.ts";
import { type ChangedParams, readRequest } from "../../shared/src/protocol.ts";
import { parseValuePath, SCHEME, type ValueName, valuePath } from "../../shared/src/value-uri.ts";
import type { Connection } from "./connection.ts";
import type { Stores } from "./stores.ts";

/** The document of one entry. */
export function valueUri(store: string, name: ValueName): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, authority: store, path: valuePath(name) });
}

/** Read-only documents `llmspell-state://STORE/...`; an entry's follows its value. */
export class StateDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #stores: Stores;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(connection: Connection, stores: Stores) {
    this.#connection = connection;
    this.#stores = stores;
    this.#subscriptions = [
      this.#changed,
      connection.onChanged((change) => this.#follow(change)),
      stores.onDidChange(() => this.#followAll()),
    ];
  }

  async provideTextDocumentContent(
    uri: vscode.Uri,
    token: vscode.CancellationToken,
  ): Promise<string> {
    const store = this.#stores.find(uri.authority)?.store ?? uri.authority;
    const name = parseValuePath(uri.path);
    if (name === undefined) throw new Error(`${uri.toString()} names no stored value.`);
    const read = await this.#connection.request(readRequest, { store, ...name }, token);
    return read === null ? this.#gone(uri, name) : `${read.value}\n`;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** What stands in the place of a value that is not there any more. */
  #gone(uri: vscode.Uri, { namespace, key }: ValueName): string {
    const open = documentOf(uri);
    // Plain JSON knows no comment, and would call this one an error.
    if (open !== undefined) void vscode.languages.setTextDocumentLanguage(open, "jsonc");
    const text = vscode.l10n.t("Nothing is stored under {0} in {1}.", quote(key), quote(namespace));
    return `// ${text}\n`;
  }

  #follow({ store, changes, reset }: ChangedParams): void {
    if (reset) {
      this.#followAll();
      return;
    }
    const uris = new Set(changes.map((change) => valueUri(store, change).toString()));
    for (const { uri } of openValues()) if (uris.has(uri.toString())) this.#changed.fire(uri);
  }

  #followAll(): void {
    for (const { uri } of openValues()) this.#changed.fire(uri);
  }
}

function openValues(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);
}

function documentOf(uri: vscode.Uri): vscode.TextDocument | undefined {
  return openValues().find((document) => document.uri.toString() === uri.toString());
}
