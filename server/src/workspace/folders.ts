import type { StateFolder } from "./folder.ts";

/** The workspace's folders, in its order. */
export class StateFolders {
  readonly #folders: readonly StateFolder[];

  constructor(folders: readonly StateFolder[]) {
    this.#folders = folders;
  }

  all(): readonly StateFolder[] {
    return this.#folders;
  }

  /** Reads every folder's configuration and opens its store for reading. */
  async load(): Promise<void> {
    await Promise.all(this.#folders.map((folder) => folder.load()));
  }

  /** The innermost folder that a document lies in; a document outside all of them has none. */
  of(uri: string): StateFolder | undefined {
    const around = this.#folders.filter((folder) => isIn(uri, folder.uri));
    const innermost = around.sort((a, b) => b.uri.length - a.uri.length)[0];
    // What was never saved belongs to the only folder there is.
    return innermost ?? (uri.startsWith("untitled:") ? this.byStore(undefined) : undefined);
  }

  /** The folder of a store id; without one, the only folder there is. */
  byStore(store: string | undefined): StateFolder | undefined {
    if (store !== undefined) return this.#folders.find(({ id }) => id === store);
    return this.#folders.length === 1 ? this.#folders[0] : undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.#folders.map((folder) => folder.close()));
  }
}

function isIn(uri: string, folder: string): boolean {
  return uri === folder || uri.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
