import * as vscode from "vscode";
import { type StoreInfo, storesRequest } from "../../shared/src/protocol.ts";
import type { Connection } from "./connection.ts";

/** `starting` until the server has answered once; `failed` when it cannot be asked. */
export type StoresStatus = "starting" | "ready" | "failed";

/** The stores of this window's folders, in the folders' order, kept up to date. */
export class Stores implements vscode.Disposable {
  readonly #connection: Connection;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #answered = Promise.withResolvers<void>();
  #all: readonly StoreInfo[] = [];
  #status: StoresStatus = "starting";

  readonly onDidChange = this.#changed.event;
  /** Settles when the server has answered, or failed, for the first time. */
  readonly answered = this.#answered.promise;

  constructor(connection: Connection, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#log = log;
    this.#subscriptions = [
      this.#changed,
      connection.onReady(() => this.refresh()),
      connection.onStoresChanged(() => this.refresh()),
      // Everything is to be read again: perhaps it cannot be read any more, or can again.
      connection.onChanged(({ reset }) => {
        if (reset) void this.refresh();
      }),
    ];
  }

  get all(): readonly StoreInfo[] {
    return this.#all;
  }

  get status(): StoresStatus {
    return this.#status;
  }

  /** Asks the server again and tells everyone. */
  async refresh(): Promise<void> {
    try {
      this.#all = await this.#connection.request(storesRequest, {});
      this.#status = "ready";
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#tell();
  }

  /** The server could not be started or asked: there are no stores to show. */
  fail(error: unknown): void {
    this.#log.error(error instanceof Error ? error : String(error));
    this.#all = [];
    this.#status = "failed";
    this.#tell();
  }

  /** The store with this id. Ids that went through a URI's authority come back in lower case. */
  find(id: string): StoreInfo | undefined {
    return this.#all.find(({ store }) => store.toLowerCase() === id.toLowerCase());
  }

  /** Those that are configured, so that there may be something to back up or restore. */
  get configured(): readonly StoreInfo[] {
    return this.#all.filter(({ path }) => path !== "");
  }

  #tell(): void {
    this.#answered.resolve();
    this.#changed.fire();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
