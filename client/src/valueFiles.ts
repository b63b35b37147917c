import * as vscode from "vscode";
import { StateError, toProblem } from "../../shared/src/errors.ts";
import { quote } from "../../shared/src/names.ts";
import {
  type Change,
  type ChangedParams,
  type EntryParams,
  type ReadResult,
  readRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import {
  parseValuePath,
  SCHEME,
  type ValueForm,
  type ValueName,
  valuePath,
} from "../../shared/src/value-uri.ts";
import type { Connection } from "./connection.ts";
import { FixedFiles } from "./fixedFiles.ts";
import { problemText } from "./problems.ts";
import type { Stores } from "./stores.ts";

/** Values with more bytes of JSON are shown, and not edited. */
const LARGEST_EDITED = 1_000_000;
/** Larger sizes would have VS Code ask before it opens a file. */
const LARGEST_TOLD = 5_000_000;

/** What VS Code was told of a value when it last asked: what it saves next is based on that. */
interface Told {
  readonly revision: number;
  readonly editable: boolean;
}

/** A value that was changed by somebody else while it is being edited. */
export interface ValueConflict {
  readonly uri: vscode.Uri;
  readonly name: EntryParams;
  readonly change: Change;
}

/** The document of one entry. */
export function valueUri(store: string, name: ValueName, form?: ValueForm): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, authority: store, path: valuePath(name, form) });
}

/**
 * Values as files `llmspell-state://STORE/NAMESPACE/KEY.json`, or `.lua`. VS Code compares modification times
 * before it saves and offers to compare or overwrite; a value's time is its revision, so that no two
 * changes have the same. A later time alone is nothing to VS Code: it takes a file of the same size for
 * the same file, so the size of what can be edited is made of the revision too. What happens after
 * VS Code has looked is refused by the server.
 */
export class ValueFiles extends FixedFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #stores: Stores;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #conflicts = new vscode.EventEmitter<ValueConflict>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #told = new Map<string, Told>();
  /** Saves under way, and the revisions they made: their own changes are no news. */
  readonly #saving = new Map<string, Promise<unknown>>();
  readonly #saved = new Map<string, number>();
  readonly #gone = new Set<string>();

  readonly onDidChangeFile = this.#changed.event;
  readonly onConflict = this.#conflicts.event;

  constructor(connection: Connection, stores: Stores) {
    super();
    this.#connection = connection;
    this.#stores = stores;
    this.#subscriptions = [
      this.#changed,
      this.#conflicts,
      connection.onChanged((change) => void this.#follow(change)),
      stores.onDidChange(() => this.#followAll()),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri.toString())),
    ];
  }

  /** The entry that a document is about. @throws FileSystemError when it is about none */
  async nameOf(uri: vscode.Uri): Promise<EntryParams> {
    await this.#stores.answered;
    const name = parseValuePath(uri.path);
    if (name === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const { namespace, key } = name;
    return { store: this.#stores.find(uri.authority)?.store ?? uri.authority, namespace, key };
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (/^\/[^/]*$/.test(uri.path)) {
      return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    }
    const read = await this.#read(uri);
    const large = read.bytes > LARGEST_EDITED;
    const editable = !read.masked && !large && vscode.workspace.isTrusted;
    this.#told.set(uri.toString(), { revision: read.revision, editable });
    return {
      type: vscode.FileType.File,
      ctime: read.createdAt,
      mtime: read.revision,
      size: editable ? 1 + (read.revision % LARGEST_TOLD) : contentOf(uri, read).byteLength,
      ...(editable ? {} : { permissions: vscode.FilePermission.Readonly }),
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return contentOf(uri, await this.#read(uri));
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const text = uri.toString();
    const name = await this.nameOf(uri);
    const told = this.#told.get(text) ?? { revision: 0, editable: true };
    if (!told.editable) throw vscode.FileSystemError.NoPermissions(uri);
    const value = new TextDecoder().decode(content);
    const write = { ...name, value, format: formatOf(uri), ifRevision: told.revision };
    const saving = this.#connection.request(writeRequest, write).then(({ revision }) => {
      this.#saved.set(text, revision);
      this.#gone.delete(text);
    });
    this.#saving.set(text, saving);
    try {
      await saving;
    } catch (error) {
      throw saveError(error, name.key);
    } finally {
      this.#saving.delete(text);
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #read(uri: vscode.Uri): Promise<ReadResult> {
    const text = uri.toString();
    const read = await this.#connection.request(readRequest, {
      ...(await this.nameOf(uri)),
      format: formatOf(uri),
    });
    if (read !== null) return read;
    this.#told.set(text, { revision: 0, editable: vscode.workspace.isTrusted });
    this.#gone.add(text);
    throw vscode.FileSystemError.FileNotFound(uri);
  }

  async #follow({ store, changes, reset }: ChangedParams): Promise<void> {
    if (reset) {
      this.#followAll();
      return;
    }
    const newest = new Map(
      changes.flatMap((change) => [
        [valueUri(store, change).toString(), change],
        [valueUri(store, change, "lua").toString(), change],
      ]),
    );
    for (const document of openValues()) {
      const change = newest.get(document.uri.toString());
      if (change !== undefined) await this.#tell(document, store, change);
    }
  }

  async #tell(document: vscode.TextDocument, store: string, change: Change): Promise<void> {
    const { uri } = document;
    const text = uri.toString();
    await this.#saving.get(text)?.catch(() => {});
    if (change.revision <= (this.#saved.get(text) ?? 0)) return;
    if (document.isDirty) {
      const { namespace, key } = change;
      this.#conflicts.fire({ uri, name: { store, namespace, key }, change });
    }
    this.#changed.fire([{ uri, type: this.#kindOf(text, change) }]);
  }

  #kindOf(text: string, { op }: Change): vscode.FileChangeType {
    if (op === "delete") {
      this.#gone.add(text);
      return vscode.FileChangeType.Deleted;
    }
    return this.#gone.delete(text) ? vscode.FileChangeType.Created : vscode.FileChangeType.Changed;
  }

  #followAll(): void {
    const type = vscode.FileChangeType.Changed;
    this.#changed.fire(openValues().map(({ uri }) => ({ uri, type })));
  }

  #forget(text: string): void {
    this.#told.delete(text);
    this.#saved.delete(text);
    this.#gone.delete(text);
  }
}

/** How the value is written in a document. */
export function formatOf({ path }: vscode.Uri): ValueForm {
  return parseValuePath(path)?.form ?? "json";
}

/** As Lua it is a script that gives the value, so that what knows Lua understands it. */
export function documentText(uri: vscode.Uri, { value }: Pick<ReadResult, "value">): string {
  return formatOf(uri) === "lua" ? `return ${value}\n` : `${value}\n`;
}

function contentOf(uri: vscode.Uri, read: ReadResult): Uint8Array {
  return new TextEncoder().encode(documentText(uri, read));
}

/** Why a value was not saved, as VS Code shows it. */
function saveError(error: unknown, key: string): Error {
  if (!(error instanceof StateError)) return error instanceof Error ? error : new Error(`${error}`);
  if (error.code !== "conflict") return new Error(problemText(toProblem(error)));
  return new Error(
    vscode.l10n.t("{0} was changed at this very moment. Save again to compare.", quote(key)),
  );
}

function openValues(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);
}
