import type { StateView } from "../../engine/types.ts";

/** UTF-16 units of names that are kept: enough for some millions of keys. */
const MOST_KEPT = 64 * 1024 * 1024;

/**
 * The names of one store at one revision, kept between searches: whoever types a filter asks for them
 * with each letter.
 */
export class NameCache {
  #view: StateView | undefined;
  #revision = -1;
  #size = 0;
  readonly #blocks = new Map<string, string>();

  /** The view with its names from here, as far as they are known and nothing was changed since. */
  async over(view: StateView): Promise<StateView> {
    const read = view.keyLines?.bind(view);
    if (read === undefined) return view;
    const revision = await view.revision();
    if (view !== this.#view || revision !== this.#revision) {
      this.#view = view;
      this.#revision = revision;
      this.#size = 0;
      this.#blocks.clear();
    }
    return {
      revision: () => view.revision(),
      entry: (namespace, key) => view.entry(namespace, key),
      namespaces: () => view.namespaces(),
      namespace: (name) => view.namespace(name),
      page: (namespace, query) => view.page(namespace, query),
      keyLines: async (namespace, query) => {
        const id = JSON.stringify([namespace, query.prefix, query.after, query.limit]);
        const known = revision === this.#revision ? this.#blocks.get(id) : undefined;
        return known ?? (await this.#readInto(id, revision, () => read(namespace, query)));
      },
    };
  }

  async #readInto(id: string, revision: number, read: () => Promise<string>): Promise<string> {
    const block = await read();
    if (revision === this.#revision && this.#size + block.length <= MOST_KEPT) {
      this.#size += block.length;
      this.#blocks.set(id, block);
    }
    return block;
  }
}
