import * as vscode from "vscode";
import { type ChangedParams, valueSchemaRequest } from "../../shared/src/protocol.ts";
import { parseValuePath, SCHEME } from "../../shared/src/value-uri.ts";
import type { Connection } from "./connection.ts";
import { FixedFiles } from "./fixedFiles.ts";
import type { ValueFiles } from "./valueFiles.ts";

/** The manifest's `jsonValidationRegistry` names a file in it, and no activation event does. */
const SCHEMA_SCHEME = "llmspell-state-schema";
const ASSOCIATIONS = "/associations.json";

/** State that changes all the time is looked at again this often. */
const FOLLOW_MS = 1_000;

/** The schema of one open document. */
interface Schema {
  readonly document: vscode.Uri;
  readonly uri: vscode.Uri;
  /** undefined: it was not asked for yet. */
  text: string | undefined;
  version: number;
}

/**
 * Schemas of the values that are open, as files that VS Code's JSON support reads: a list of which
 * document has which, and each of them. Versions of VS Code that do not read such lists have no
 * completion and hovers in values; nothing else depends on it.
 */
export class ValueSchemas
  extends FixedFiles
  implements vscode.FileSystemProvider, vscode.Disposable
{
  readonly #connection: Connection;
  readonly #files: ValueFiles;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #schemas = new Map<string, Schema>();
  readonly #outdated = new Set<Schema>();
  #made = 0;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeFile = this.#changed.event;

  constructor(connection: Connection, files: ValueFiles) {
    super();
    this.#connection = connection;
    this.#files = files;
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.registerFileSystemProvider(SCHEMA_SCHEME, this, { isReadonly: true }),
      vscode.workspace.onDidOpenTextDocument((document) => this.#add(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#remove(uri)),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#look(editor)),
      connection.onChanged((change) => this.#follow(change)),
      connection.onReady(() => this.#renew([...this.#schemas.values()])),
    ];
    for (const document of vscode.workspace.textDocuments) this.#add(document);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return new TextEncoder().encode(await this.#textOf(uri));
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const text = await this.#textOf(uri);
    const mtime = this.#schemaAt(uri)?.version ?? this.#made;
    return { type: vscode.FileType.File, ctime: 0, mtime, size: Buffer.byteLength(text) };
  }

  writeFile(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #textOf(uri: vscode.Uri): Promise<string> {
    if (uri.path === ASSOCIATIONS) return this.#associations();
    const schema = this.#schemaAt(uri);
    if (schema === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    schema.text ??= await this.#read(schema);
    return schema.text;
  }

  /** What VS Code's JSON support reads of a `jsonValidationRegistry`. */
  #associations(): string {
    const schemas = Array.from(this.#schemas.values(), ({ document, uri }) => ({
      fileMatch: [globFor(document)],
      url: uri.toString(),
    }));
    return JSON.stringify({ schemas });
  }

  #schemaAt({ path }: vscode.Uri): Schema | undefined {
    return [...this.#schemas.values()].find(({ uri }) => uri.path === path);
  }

  async #read({ document }: Schema): Promise<string> {
    try {
      const name = await this.#files.nameOf(document);
      return (await this.#connection.request(valueSchemaRequest, name)).schema;
    } catch {
      // Not being able to tell is told elsewhere; without a schema everything else works.
      return "{}";
    }
  }

  #add({ uri, languageId }: vscode.TextDocument): void {
    if (uri.scheme !== SCHEME || languageId !== "json") return;
    this.#made += 1;
    this.#schemas.set(uri.toString(), {
      document: uri,
      uri: vscode.Uri.from({ scheme: SCHEMA_SCHEME, path: `/${this.#made}${plain(uri.path)}` }),
      text: undefined,
      version: 1,
    });
    this.#tellAssociations();
  }

  #remove(uri: vscode.Uri): void {
    const schema = this.#schemas.get(uri.toString());
    if (schema === undefined) return;
    this.#schemas.delete(uri.toString());
    this.#outdated.delete(schema);
    this.#made += 1;
    this.#tellAssociations();
  }

  #tellAssociations(): void {
    const uri = vscode.Uri.from({ scheme: SCHEMA_SCHEME, path: ASSOCIATIONS });
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  /** Scripts may have changed since the document was looked at last. */
  #look(editor: vscode.TextEditor | undefined): void {
    const schema = editor && this.#schemas.get(editor.document.uri.toString());
    if (schema !== undefined) this.#renew([schema]);
  }

  #follow({ store, changes, reset }: ChangedParams): void {
    const namespaces = new Set(changes.map(({ namespace }) => namespace));
    const touched = [...this.#schemas.values()].filter(({ document }) => {
      if (document.authority.toLowerCase() !== store.toLowerCase()) return false;
      return reset || namespaces.has(parseValuePath(document.path)?.namespace ?? "");
    });
    this.#renew(touched);
  }

  /** Asks for schemas again, soon, and tells of those that are other than before. */
  #renew(schemas: readonly Schema[]): void {
    for (const schema of schemas) if (schema.text !== undefined) this.#outdated.add(schema);
    if (this.#outdated.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const outdated = [...this.#outdated];
      this.#outdated.clear();
      for (const schema of outdated) void this.#readAgain(schema);
    }, FOLLOW_MS);
  }

  async #readAgain(schema: Schema): Promise<void> {
    const text = await this.#read(schema);
    if (text === schema.text) return;
    schema.text = text;
    schema.version += 1;
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri: schema.uri }]);
  }
}

/** A glob for one document: what could mean something in a glob or be encoded is any character. */
function globFor(document: vscode.Uri): string {
  return document.toString(true).replaceAll(/[^\w./:-]/g, "?");
}

/** A path that is the same encoded and not, for people to recognize. */
function plain(path: string): string {
  return path.replaceAll(/[^\w./-]/g, "-");
}
