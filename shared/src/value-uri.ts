/** Names of value documents: `llmspell-state://STORE/NAMESPACE/KEY.json`, or `.lua`. */

export const SCHEME = "llmspell-state";

/** How a value is written in its document. */
export type ValueForm = "json" | "lua";

export interface ValueName {
  readonly namespace: string;
  readonly key: string;
}

export interface ValueDocumentName extends ValueName {
  readonly form: ValueForm;
}

/**
 * The (decoded) URI path of an entry's document. A key is one segment whatever is in it, so that
 * nothing on the way takes a part of it for a folder.
 */
export function valuePath({ namespace, key }: ValueName, form: ValueForm = "json"): string {
  return `/${namespace}/${key.replaceAll(/[%/]/g, encodeURIComponent)}.${form}`;
}

/** The entry whose document has this (decoded) URI path; undefined when it names none. */
export function parseValuePath(path: string): ValueDocumentName | undefined {
  const [, namespace, name, form] = /^\/([^/]+)\/([^/]+)\.(json|lua)$/s.exec(path) ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  const key = name.replaceAll("%2F", "/").replaceAll("%25", "%");
  return { namespace, key, form: form === "lua" ? "lua" : "json" };
}

/** The whole URI of an entry's document, percent-encoded. `store` is the id of its store. */
export function valueUriText(store: string, name: ValueName): string {
  return `${SCHEME}://${store}${valuePath(name).split("/").map(encodeURIComponent).join("/")}`;
}
