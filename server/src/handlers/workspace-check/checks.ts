import type { CancellationToken } from "vscode-languageserver/node";
import type { WorkspaceCheck } from "./workspace-check.ts";

/** The checks of all folders, by the folder's id. */
export class WorkspaceChecks {
  readonly #checks = new Map<string, WorkspaceCheck>();
  readonly #waiting = new Set<() => void>();

  add(id: string, check: WorkspaceCheck): void {
    this.#checks.set(id, check);
    check.later();
  }

  of(id: string): WorkspaceCheck | undefined {
    return this.#checks.get(id);
  }

  /** Everything is looked at again, soon. */
  later(): void {
    for (const check of this.#checks.values()) check.later();
  }

  /** Something else is said of some script, or all have been looked at. */
  changed(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Done with the next change, or when nobody wants to know any more. */
  async nextChange(token: CancellationToken): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const listener = token.onCancellationRequested(resolve);
    await promise;
    this.#waiting.delete(resolve);
    listener.dispose();
  }

  remove(id: string): void {
    this.#checks.get(id)?.close();
    this.#checks.delete(id);
  }

  close(): void {
    for (const id of [...this.#checks.keys()]) this.remove(id);
    this.changed();
  }
}
