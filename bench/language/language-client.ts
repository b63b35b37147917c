import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  type MessageConnection,
  type Position,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

export interface ClientOptions {
  readonly command: readonly string[];
  /** The workspace folder, an absolute path. */
  readonly folder: string;
  readonly initializationOptions?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What VS Code can do, as far as it changes what a server does. */
const CAPABILITIES = {
  workspace: { workspaceFolders: true, codeLens: { refreshSupport: true } },
  textDocument: {
    completion: { completionItem: { snippetSupport: true } },
    publishDiagnostics: { versionSupport: true },
  },
};

/** A language client over a server's standard input and output, and the server's process. */
export class LanguageClient {
  readonly connection: MessageConnection;
  readonly #process: ChildProcess;
  readonly #spawned: number;
  readonly #versions = new Map<string, number>();

  private constructor(process: ChildProcess, connection: MessageConnection, spawned: number) {
    this.#process = process;
    this.connection = connection;
    this.#spawned = spawned;
  }

  /** Starts a server; done when it has answered `initialize`. */
  static async start(options: ClientOptions): Promise<LanguageClient> {
    const { command, folder, initializationOptions, environment = {} } = options;
    const [file = "", ...args] = command;
    const spawned = performance.now();
    const child = spawn(file, args, {
      cwd: folder,
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    });
    const connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    // Whatever a server asks (settings, registrations, refreshes): nothing is a lawful answer.
    connection.onRequest((_, params: unknown) =>
      isConfigurationRequest(params) ? params.items.map(() => null) : null,
    );
    connection.listen();
    const uri = pathToFileURL(folder).href;
    await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: uri,
      capabilities: CAPABILITIES,
      workspaceFolders: [{ uri, name: basename(folder) }],
      initializationOptions,
    });
    return new LanguageClient(child, connection, spawned);
  }

  /** Milliseconds since the process was spawned. */
  get age(): number {
    return performance.now() - this.#spawned;
  }

  /**
   * Resident size of the process with its threads, in MiB: now, at its largest, and what of it now is
   * pages of files (Node's own program, mostly). Linux only.
   */
  memory(): { readonly now: number; readonly peak: number; readonly files: number } {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
    const field = (name: string) =>
      Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
    return { now: field("VmRSS"), peak: field("VmHWM"), files: field("RssFile") };
  }

  /** CPU time of the process with its threads, in ms. Linux only. */
  cpu(): number {
    const stat = readFileSync(`/proc/${this.#process.pid}/stat`, "utf8");
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return (user + system) * 10;
  }

  async initialized(): Promise<void> {
    await this.connection.sendNotification("initialized", {});
  }

  async open(uri: string, text: string): Promise<void> {
    this.#versions.set(uri, 1);
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "lua", version: 1, text },
    });
  }

  /** Types `text` at a position. */
  async type(uri: string, position: Position, text: string): Promise<void> {
    await this.replace(uri, { start: position, end: position }, text);
  }

  async replace(
    uri: string,
    range: { readonly start: Position; readonly end: Position },
    text: string,
  ): Promise<void> {
    const version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    await this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
  }

  async ask<R>(method: string, params: unknown): Promise<R> {
    return await this.connection.sendRequest<R>(method, params);
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    await ended;
    this.connection.dispose();
  }
}

function isConfigurationRequest(params: unknown): params is { readonly items: readonly unknown[] } {
  return (
    typeof params === "object" &&
    params !== null &&
    "items" in params &&
    Array.isArray(params.items)
  );
}
