import * as vscode from "vscode";
import { toProblem } from "../../../shared/src/errors.ts";
import {
  type BackupSummary,
  backupsRequest,
  overviewRequest,
  type StoreInfo,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";
import { problemText } from "../problems.ts";
import type { Stores } from "../stores.ts";
import { findingsIn, firstFinding } from "./findings.ts";
import type { FromPage, OverviewData, ToPage } from "./messages.ts";
import { overviewPage } from "./page.ts";
import { overviewTexts } from "./texts.ts";

const VIEW_TYPE = "llmspellState.overview";

/** The page is never read again sooner than this after it was read, in ms. */
const SHORTEST_PAUSE = 1_000;
/** And never takes more than this part of the time: a large store is read again less often. */
const LARGEST_SHARE = 0.05;

/** What the panel needs of the extension. */
export interface OverviewContext {
  readonly connection: Connection;
  readonly stores: Stores;
  readonly extension: vscode.Uri;
}

/** The overview in an editor tab: one for the window, shown again in the next one. */
export class Overview implements vscode.Disposable {
  readonly #context: OverviewContext;
  readonly #subscriptions: vscode.Disposable[];
  #panel: OverviewPanel | undefined;

  constructor(context: OverviewContext) {
    this.#context = context;
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
        deserializeWebviewPanel: async (panel) => {
          this.#own(panel);
        },
      }),
    ];
  }

  /** Opens the overview, of this store where one is named. */
  open(store?: string): void {
    const panel = this.#panel ?? this.#create();
    if (store !== undefined) panel.show(store);
    panel.reveal();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel?.dispose();
  }

  #create(): OverviewPanel {
    const title = vscode.l10n.t("State Overview");
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Active);
    return this.#own(panel);
  }

  #own(panel: vscode.WebviewPanel): OverviewPanel {
    const owned = new OverviewPanel(panel, this.#context);
    this.#panel = owned;
    panel.onDidDispose(() => {
      if (this.#panel === owned) this.#panel = undefined;
      owned.dispose();
    });
    return owned;
  }
}

/** One panel: what it shows, and what choosing its marks does. */
class OverviewPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #context: OverviewContext;
  readonly #subscriptions: vscode.Disposable[];
  #store: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reading: vscode.CancellationTokenSource | undefined;
  #cost = 0;
  #readAt = 0;
  #stale = false;

  constructor(panel: vscode.WebviewPanel, context: OverviewContext) {
    this.#panel = panel;
    this.#context = context;
    const { connection, stores, extension } = context;
    panel.iconPath = new vscode.ThemeIcon("graph");
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extension, "dist")],
    };
    const stale = () => this.#later();
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: FromPage) => this.#receive(message)),
      panel.onDidChangeViewState(() => {
        if (panel.visible && this.#stale) this.#later();
      }),
      connection.onChanged(({ store }) => {
        if (store === this.#store) stale();
      }),
      connection.onBackupsChanged(({ store }) => {
        if (store === this.#store) stale();
      }),
      connection.onReady(stale),
      stores.onDidChange(stale),
      vscode.languages.onDidChangeDiagnostics(stale),
    ];
    panel.webview.html = overviewPage(panel.webview, extension);
  }

  reveal(): void {
    this.#panel.reveal();
  }

  show(store: string): void {
    this.#store = store;
    void this.#read();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#reading?.cancel();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Reads again soon: what a reading costs says how soon. A hidden page waits until it is seen. */
  #later(): void {
    this.#stale = true;
    if (!this.#panel.visible || this.#timer !== undefined || this.#reading !== undefined) return;
    const pause = Math.max(SHORTEST_PAUSE, this.#cost / LARGEST_SHARE);
    const wait = Math.max(0, this.#readAt + pause - Date.now());
    this.#timer = setTimeout(() => this.#read(), wait);
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stale = false;
    this.#reading?.cancel();
    const reading = new vscode.CancellationTokenSource();
    this.#reading = reading;
    const begun = Date.now();
    try {
      await this.#context.stores.answered;
      const data = await this.#collect(reading.token);
      if (data !== undefined) this.#post({ kind: "data", data });
    } catch (error) {
      if (!reading.token.isCancellationRequested) {
        this.#post({ kind: "failed", message: problemText(toProblem(error)) });
      }
    }
    if (this.#reading !== reading) return;
    this.#reading = undefined;
    this.#readAt = Date.now();
    this.#cost = this.#readAt - begun;
    if (this.#stale) this.#later();
  }

  async #collect(token: vscode.CancellationToken): Promise<OverviewData | undefined> {
    const { connection, stores } = this.#context;
    const info = this.#shown();
    if (info === undefined) return undefined;
    const { store } = info;
    const [overview, backups] = await Promise.all([
      connection.request(overviewRequest, { store }, token),
      readBackups(connection, store),
    ]);
    return {
      store,
      stores: stores.configured.map(({ store, name }) => ({ store, name })),
      overview,
      backups,
      findings: findingsIn(vscode.Uri.parse(info.folder)),
      at: Date.now(),
    };
  }

  /** The store that was chosen, else the first. */
  #shown(): StoreInfo | undefined {
    const { stores } = this.#context;
    const chosen = this.#store === undefined ? undefined : stores.find(this.#store);
    const info = chosen ?? stores.configured[0];
    this.#store = info?.store;
    return info;
  }

  #post(message: ToPage): void {
    void this.#panel.webview.postMessage(message);
  }

  #receive(message: FromPage): void {
    switch (message.kind) {
      case "ready":
        this.#store ??= message.store;
        this.#post({ kind: "texts", texts: overviewTexts() });
        void this.#read();
        break;
      case "refresh":
        void this.#read();
        break;
      case "showStore":
        this.show(message.store);
        break;
      case "showNamespace":
        this.#follow("revealInTree", { namespace: message.namespace });
        break;
      case "showEntry":
        this.#follow("showValue", { namespace: message.namespace, key: message.key });
        break;
      case "showBackup":
        this.#follow("revealBackup", { id: message.id });
        break;
      case "showFindings":
        void this.#showFinding(message.rule);
        break;
    }
  }

  #follow(command: string, target: object): void {
    const store = this.#store;
    void vscode.commands.executeCommand(`llmspellState.${command}`, { store, ...target });
  }

  async #showFinding(rule: string): Promise<void> {
    const info = this.#shown();
    const found = info && firstFinding(vscode.Uri.parse(info.folder), rule);
    if (found === undefined) return;
    const editor = await vscode.window.showTextDocument(found.uri, { selection: found.range });
    editor.revealRange(found.range, vscode.TextEditorRevealType.InCenter);
  }
}

/** Backups that cannot be listed are told by their own view; the rest is worth showing. */
async function readBackups(
  connection: Connection,
  store: string,
): Promise<readonly BackupSummary[]> {
  try {
    return await connection.request(backupsRequest, { store });
  } catch {
    return [];
  }
}
