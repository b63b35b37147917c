import * as vscode from "vscode";
import type { SearchParams, ValueType } from "../../../shared/src/protocol.ts";

/** Which entries the tree shows, and in which order. */
export type TreeQuery = Required<Pick<SearchParams, "text" | "where" | "types" | "sort">>;

export const VALUE_TYPES: readonly ValueType[] = [
  "string",
  "integer",
  "float",
  "boolean",
  "array",
  "object",
];

const ORDER_MEMORY = "tree order";
const ALL: TreeQuery = { text: "", where: "names", types: [...VALUE_TYPES], sort: "name" };

/** What the user wants to see of the state; the order is remembered for the workspace. */
export class StateQuery implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  #now: TreeQuery;

  readonly onDidChange = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#now = { ...ALL, sort: memory.get<TreeQuery["sort"]>(ORDER_MEMORY, "name") };
    this.#tell();
  }

  get now(): TreeQuery {
    return this.#now;
  }

  /** Some entries are left out. */
  get isFiltered(): boolean {
    return this.#now.text !== "" || this.#now.types.length < VALUE_TYPES.length;
  }

  change(part: Partial<TreeQuery>): void {
    this.#now = { ...this.#now, ...part };
    void this.#memory.update(ORDER_MEMORY, this.#now.sort);
    this.#tell();
    this.#changed.fire();
  }

  /** Shows all entries again, in the order that was chosen. */
  clear(): void {
    this.change({ ...ALL, sort: this.#now.sort });
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #tell(): void {
    void vscode.commands.executeCommand("setContext", "llmspellState.filtered", this.isFiltered);
  }
}

/** The filter in words, for above the tree; nothing where there is none. */
export function queryText({ text, where, types, sort }: TreeQuery): string {
  const parts = [
    ...(text === ""
      ? []
      : where === "names"
        ? [vscode.l10n.t("names with “{0}”", text)]
        : [vscode.l10n.t("values with “{0}”", text)]),
    ...(types.length === VALUE_TYPES.length ? [] : [vscode.l10n.t("only {0}", types.join(", "))]),
    ...(sort === "newest" ? [vscode.l10n.t("newest first")] : []),
    ...(sort === "largest" ? [vscode.l10n.t("largest first")] : []),
  ];
  return parts.join(" · ");
}
