import type { KnownText } from "../../language/model.ts";
import type { Touched } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";

/** What is touched of one namespace. */
interface Keys {
  all: boolean;
  readonly exact: Set<string>;
  /** By their text, each once. */
  readonly patterns: Map<string, KnownText>;
}

/**
 * The entries that calls touch. A script may touch thousands and be asked for each: names that are
 * known exactly are found by their hash, only the others one by one.
 */
export class EntrySet {
  readonly #namespaces = new Map<string, Keys>();
  /** Those whose namespace is not known exactly, by its text. */
  readonly #open = new Map<string, { readonly namespace: KnownText; readonly keys: Keys }>();

  constructor(touched: readonly Touched[]) {
    for (const { namespace, key } of touched) add(this.#of(namespace), key);
  }

  /** Whether one of the calls touches the entry, or may. */
  has(namespace: string, key: string): boolean {
    if (includes(this.#namespaces.get(namespace), key)) return true;
    for (const open of this.#open.values()) {
      if (matches(open.namespace, namespace) && includes(open.keys, key)) return true;
    }
    return false;
  }

  #of(namespace: KnownText): Keys {
    if (namespace.kind === "exact") {
      const keys = this.#namespaces.get(namespace.text) ?? noKeys();
      this.#namespaces.set(namespace.text, keys);
      return keys;
    }
    const text = JSON.stringify(namespace);
    const open = this.#open.get(text) ?? { namespace, keys: noKeys() };
    this.#open.set(text, open);
    return open.keys;
  }
}

function noKeys(): Keys {
  return { all: false, exact: new Set(), patterns: new Map() };
}

/** @param key undefined: the call touches the whole namespace */
function add(keys: Keys, key: KnownText | undefined): void {
  if (key === undefined || key.kind === "unknown") keys.all = true;
  else if (key.kind === "exact") keys.exact.add(key.text);
  else keys.patterns.set(JSON.stringify(key), key);
}

function includes(keys: Keys | undefined, key: string): boolean {
  if (keys === undefined) return false;
  if (keys.all || keys.exact.has(key)) return true;
  for (const pattern of keys.patterns.values()) if (matches(pattern, key)) return true;
  return false;
}
