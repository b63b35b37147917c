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

/** Whoever types is waited for so many milliseconds after a letter; values take longer to search. */
const TYPING_MS = { names: 60, values: 150 };

const ORDER_MEMORY = "tree order";
const ALL: TreeQuery = { text: "", where: "names", types: [...VALUE_TYPES], sort: "name" };

/** What the user wants to see of the state; the order is remembered for the workspace. */
export class StateQuery implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  #now: TreeQuery;
  #typing:
    | { readonly ended: PromiseWithResolvers<void>; readonly timer: NodeJS.Timeout }
    | undefined;

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

  /** Settles when nothing was typed for a moment; undefined while nothing is being typed. */
  get settled(): Promise<void> | undefined {
    return this.#typing?.ended.promise;
  }

  change(part: Partial<TreeQuery>): void {
    this.#settle();
    this.#take(part);
  }

  /** The same for what is being typed: the next letter may follow. */
  type(part: Pick<TreeQuery, "text" | "where">): void {
    const ended = this.#typing?.ended ?? Promise.withResolvers<void>();
    clearTimeout(this.#typing?.timer);
    this.#typing = { ended, timer: setTimeout(() => this.#settle(), TYPING_MS[part.where]) };
    this.#take(part);
  }

  /** Shows all entries again, in the order that was chosen. */
  clear(): void {
    this.change({ ...ALL, sort: this.#now.sort });
  }

  dispose(): void {
    this.#settle();
    this.#changed.dispose();
  }

  #settle(): void {
    clearTimeout(this.#typing?.timer);
    this.#typing?.ended.resolve();
    this.#typing = undefined;
  }

  #take(part: Partial<TreeQuery>): void {
    const { sort } = this.#now;
    this.#now = { ...this.#now, ...part };
    if (this.#now.sort !== sort) void this.#memory.update(ORDER_MEMORY, this.#now.sort);
    this.#tell();
    this.#changed.fire();
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
  const words = parts.join(" · ");
  return words.charAt(0).toLocaleUpperCase(vscode.env.language) + words.slice(1);
}
