import type { NameLists } from "./types.ts";

/** The lists of names that `[state.rules]` and the setting `llmspellState.rules` may hold. */
export const NAME_LISTS: readonly {
  /** As it is written. */
  readonly name: string;
  readonly effective: keyof NameLists;
  readonly doc: string;
}[] = [
  {
    name: "allowed_namespaces",
    effective: "allowedNamespaces",
    doc: "Namespaces that `vague-namespace` lets pass; `*` stands for any text.",
  },
  {
    name: "forbidden_namespaces",
    effective: "forbiddenNamespaces",
    doc: "Namespaces that `vague-namespace` reports beside those it knows; `*` stands for any text.",
  },
  {
    name: "allowed_keys",
    effective: "allowedKeys",
    doc: "Keys that `vague-key` lets pass; `*` stands for any text.",
  },
  {
    name: "forbidden_keys",
    effective: "forbiddenKeys",
    doc: "Keys that `vague-key` reports beside those it knows; `*` stands for any text.",
  },
];

/** Where nobody lists any. */
export const NO_NAMES: NameLists = {
  allowedNamespaces: [],
  forbiddenNamespaces: [],
  allowedKeys: [],
  forbiddenKeys: [],
};
