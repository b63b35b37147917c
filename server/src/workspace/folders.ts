import type { StateFolder } from "./folder.ts";

/** The workspace's folders, in its order. */
export class StateFolders {
  #folders: readonly StateFolder[] = [];

  all(): readonly StateFolder[] {
    return this.#folders;
  }

  /** Adds folders and opens them. */
  async add(folders: readonly StateFolder[]): Promise<void> {
    this.#folders = [...this.#folders, ...folders];
    await Promise.all(folders.map((folder) => folder.open()));
  }

  /** Closes the folders of these URIs; their stores are known no more. */
  async remove(uris: readonly string[]): Promise<void> {
    const gone = this.#folders.filter(({ uri }) => uris.includes(uri));
    this.#folders = this.#folders.filter((folder) => !gone.includes(folder));
    await Promise.all(gone.map((folder) => folder.close()));
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
    await this.remove(this.#folders.map(({ uri }) => uri));
  }
}

function isIn(uri: string, folder: string): boolean {
  return uri === folder || uri.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
