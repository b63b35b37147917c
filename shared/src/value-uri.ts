/** Names of value documents: `llmspell-state://STORE/NAMESPACE/KEY.json`. */

export const SCHEME = "llmspell-state";
const SUFFIX = ".json";

export interface ValueName {
  readonly namespace: string;
  readonly key: string;
}

/**
 * The (decoded) URI path of an entry's document. A key is one segment whatever is in it, so that
 * nothing on the way takes a part of it for a folder.
 */
export function valuePath({ namespace, key }: ValueName): string {
  return `/${namespace}/${key.replaceAll(/[%/]/g, encodeURIComponent)}${SUFFIX}`;
}

/** The entry whose document has this (decoded) URI path; undefined when it names none. */
export function parseValuePath(path: string): ValueName | undefined {
  const match = /^\/([^/]+)\/([^/]+)$/s.exec(path);
  const [, namespace, file] = match ?? [];
  if (namespace === undefined || file === undefined || !file.endsWith(SUFFIX)) return undefined;
  const key = file.slice(0, -SUFFIX.length).replaceAll("%2F", "/").replaceAll("%25", "%");
  return key === "" ? undefined : { namespace, key };
}

/** The whole URI of an entry's document, percent-encoded. `store` is the id of its store. */
export function valueUriText(store: string, name: ValueName): string {
  return `${SCHEME}://${store}${valuePath(name).split("/").map(encodeURIComponent).join("/")}`;
}
