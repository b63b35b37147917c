import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { vi } from "vitest";
import {
  type CancellationToken,
  type ClientCapabilities,
  type CompletionList,
  createProtocolConnection,
  type Diagnostic,
  type Hover,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import {
  type InitializationOptions,
  type RequestType,
  referencesRequest,
} from "../../shared/src/protocol.ts";

const SERVER = join(import.meta.dirname, "../../dist/server.cjs");

/** The mark that stands for the cursor in a fixture. */
const CURSOR = "‸";

export interface SessionOptions {
  /** Files of the workspace by relative path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: InitializationOptions;
  /** What the client can do besides workspace folders. */
  readonly capabilities?: ClientCapabilities;
  /** Listens before anything is sent. */
  readonly prepare?: (connection: ProtocolConnection) => void;
  /** An existing folder; by default a fresh one. It is removed by `stop`. */
  readonly folder?: string;
}

interface Published {
  readonly version?: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** A language client over standard input and output of the built server, in a folder of its own. */
export class Session {
  readonly folder: string;
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly initialized: InitializeResult;
  readonly #published = new Map<string, Published>();
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Map<string, Set<(params: unknown) => void>>();
  readonly #versions = new Map<string, number>();

  private constructor(
    folder: string,
    child: ChildProcess,
    connection: ProtocolConnection,
    initialized: InitializeResult,
  ) {
    this.folder = folder;
    this.process = child;
    this.connection = connection;
    this.initialized = initialized;
    this.on("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      this.#published.set(params.uri, params);
      for (const wake of [...this.#waiting]) wake();
    });
  }

  /** Hears every notification of a method from now on; gives the way to stop. */
  on<P>(method: string, listener: (params: P) => void): () => void {
    const heard = listener as (params: unknown) => void;
    const listeners = this.#listeners.get(method) ?? this.#listen(method);
    listeners.add(heard);
    return () => listeners.delete(heard);
  }

  /** A connection has one handler for a method; here several may listen. */
  #listen(method: string): Set<(params: unknown) => void> {
    const listeners = new Set<(params: unknown) => void>();
    this.#listeners.set(method, listeners);
    this.connection.onNotification(method, (params: unknown) => {
      for (const listener of [...listeners]) listener(params);
    });
    return listeners;
  }

  static async start({
    files = {},
    options,
    capabilities = {},
    prepare,
    folder = realpathSync(mkdtempSync(join(tmpdir(), "llmspell-state-lsp-"))),
  }: SessionOptions = {}): Promise<Session> {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const child = spawn(process.execPath, [SERVER, "--stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    prepare?.(connection);
    connection.listen();
    const uri = pathToFileURL(folder).href;
    const initialized = await Promise.race([
      connection.sendRequest<InitializeResult>("initialize", {
        processId: process.pid,
        rootUri: uri,
        capabilities: {
          ...capabilities,
          workspace: { workspaceFolders: true, ...capabilities.workspace },
        },
        workspaceFolders: [{ uri, name: "workspace" }],
        initializationOptions: options,
      }),
      new Promise<never>((_, reject) => {
        child.once("exit", (code) => reject(new Error(`The server ended with code ${code}.`)));
      }),
    ]);
    const session = new Session(folder, child, connection, initialized);
    await connection.sendNotification("initialized", {});
    return session;
  }

  uri(path: string): string {
    return pathToFileURL(join(this.folder, path)).href;
  }

  /** Opens (or replaces the text of) a document; a cursor mark in it is taken out and its position given. */
  async open(path: string, marked: string, languageId = "lua") {
    const at = marked.indexOf(CURSOR);
    const text = marked.replace(CURSOR, "");
    const uri = this.uri(path);
    const version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    if (version === 1) {
      await this.connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId, version, text },
      });
    } else {
      await this.connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      });
    }
    const before = text.slice(0, Math.max(at, 0)).split("\n");
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    return { textDocument: { uri }, position };
  }

  async completion(path: string, marked: string): Promise<CompletionList> {
    return await this.connection.sendRequest(
      "textDocument/completion",
      await this.open(path, marked),
    );
  }

  /** The hover's markdown, or null. */
  async hover(path: string, marked: string): Promise<string | null> {
    const params = await this.open(path, marked);
    const hover: Hover | null = await this.connection.sendRequest("textDocument/hover", params);
    return hover === null ? null : (hover.contents as { value: string }).value;
  }

  async ask<P, R>(type: RequestType<P, R>, params: P, token?: CancellationToken): Promise<R> {
    const cancellation = token === undefined ? [] : [token];
    return await this.connection.sendRequest(type.method, params, ...cancellation);
  }

  /** The only folder's store id. */
  async store(): Promise<string> {
    const stores: { store: string }[] = await this.connection.sendRequest(
      "llmspellState/stores",
      {},
    );
    const first = stores[0];
    if (first === undefined) throw new Error("The server knows no store.");
    return first.store;
  }

  /** Asks again until the answer is as wanted: where what is asked for comes into being by itself. */
  async eventuallyAsk<R>(ask: () => Promise<R>, accept: (answer: R) => boolean): Promise<R> {
    return await vi.waitFor(
      async () => {
        const answer = await ask();
        if (!accept(answer)) throw new Error(`Not yet: ${JSON.stringify(answer)}`);
        return answer;
      },
      { timeout: 10_000, interval: 20 },
    );
  }

  /** Waits until all scripts of the folder are known. */
  async indexed(): Promise<void> {
    const params = { store: await this.store(), namespace: "none" };
    await this.eventuallyAsk(
      () => this.ask(referencesRequest, params),
      ({ complete }) => complete,
    );
  }

  /** The diagnostics of a document's newest version, once they are published and satisfy `until`. */
  async diagnostics(
    path: string,
    until: (diagnostics: readonly Diagnostic[]) => boolean = () => true,
  ): Promise<readonly Diagnostic[]> {
    const uri = this.uri(path);
    return await this.eventually(() => {
      const published = this.#published.get(uri);
      const version = this.#versions.get(uri);
      const current = published !== undefined && (published.version ?? version) === version;
      return current && until(published.diagnostics) ? published.diagnostics : undefined;
    });
  }

  /** The first notification of a method that `accept` gives something for. */
  notification<P, T>(method: string, accept: (params: P) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const stop = this.on(method, (params: P) => {
        const accepted = accept(params);
        if (accepted === undefined) return;
        stop();
        resolve(accepted);
      });
    });
  }

  /** Looks now and after everything that is published, until `look` finds something. */
  private eventually<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const wake = () => {
        const found = look();
        if (found === undefined) return;
        this.#waiting.delete(wake);
        resolve(found);
      };
      this.#waiting.add(wake);
      wake();
    });
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      await this.connection.sendRequest("shutdown");
      await this.connection.sendNotification("exit");
      await ended;
    }
    this.connection.dispose();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
