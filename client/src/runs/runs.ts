import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import {
  cancelScriptRequest,
  type RunScriptParams,
  type RunScriptResult,
  runScriptRequest,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";

/** A run that is over sooner needs no notification to cancel it from. */
const QUICK_MS = 800;

/** What is run, and how: see RunScriptParams. */
export interface Asked
  extends Pick<RunScriptParams, "source" | "line" | "args" | "dryRun" | "withLlmspell"> {
  readonly uri: vscode.Uri;
}

export interface Run {
  readonly id: string;
  readonly uri: vscode.Uri;
  /** The script's path in its folder, for people. */
  readonly name: string;
  readonly dryRun: boolean;
  /** It is the llmspell program's run, which changes that program's state and tells nothing of it. */
  readonly withLlmspell: boolean;
}

/** What became of a run's changes; those of a dry run are pending until they are applied or discarded. */
export type Outcome = "made" | "pending" | "applied" | "discarded";

export interface FinishedRun extends Run {
  readonly result: RunScriptResult;
  readonly outcome: Outcome;
}

/** The scripts that are running, and the one that ran last. */
export class Runs implements vscode.Disposable {
  readonly #connection: Connection;
  readonly #running = new Map<string, Run>();
  readonly #changed = new vscode.EventEmitter<void>();
  #last: FinishedRun | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get running(): readonly Run[] {
    return [...this.#running.values()];
  }

  /** The run that ended last, with what it changed or would change. */
  get last(): FinishedRun | undefined {
    return this.#last;
  }

  /** Runs a script to its end, telling `onOutput` what it prints. @throws StateError */
  async run(
    { uri, dryRun = false, withLlmspell = false, ...how }: Asked,
    onOutput: (text: string) => void,
  ): Promise<FinishedRun> {
    const name = vscode.workspace.asRelativePath(uri, false);
    const run: Run = { id: randomUUID(), uri, name, dryRun, withLlmspell };
    const params = { ...how, uri: uri.toString(), runId: run.id, dryRun, withLlmspell };
    const listening = this.#connection.onScriptOutput(({ runId, text }) => {
      if (runId === run.id) onOutput(text);
    });
    this.#running.set(run.id, run);
    this.#changed.fire();
    try {
      const running = this.#connection.request(runScriptRequest, params);
      this.#offerCancel(run, running);
      const result = await running;
      const outcome = !dryRun ? "made" : result.ok ? "pending" : "discarded";
      this.#last = { ...run, result, outcome };
      return this.#last;
    } finally {
      listening.dispose();
      this.#running.delete(run.id);
      this.#changed.fire();
    }
  }

  /** Ends a run at once; one that has ended is none. */
  async cancel({ id }: Run): Promise<void> {
    await this.#connection.request(cancelScriptRequest, { runId: id });
  }

  /** The changes of a dry run were made or given up: they are not offered any more. */
  settle({ id }: Run, outcome: "applied" | "discarded"): void {
    if (this.#last?.id !== id) return;
    this.#last = { ...this.#last, outcome };
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #offerCancel(run: Run, running: Promise<unknown>): void {
    const over = running.then(ignore, ignore);
    const timer = setTimeout(() => {
      const title = run.dryRun
        ? vscode.l10n.t("Running {0} dry", run.name)
        : vscode.l10n.t("Running {0}", run.name);
      const location = vscode.ProgressLocation.Notification;
      void vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
        token.onCancellationRequested(() => this.cancel(run));
        await over;
      });
    }, QUICK_MS);
    void over.then(() => clearTimeout(timer));
  }
}

function ignore(): void {}

/** Keeps what the manifest's conditions go by: the paths of running scripts, and what became of the last. */
export function followRuns(runs: Runs): vscode.Disposable {
  const tell = () => {
    const running = runs.running.map(({ uri }) => uri.fsPath);
    void vscode.commands.executeCommand("setContext", "llmspellState.running", running);
    const { last } = runs;
    const lastRun = last === undefined ? "none" : whatBecameOf(last);
    void vscode.commands.executeCommand("setContext", "llmspellState.lastRun", lastRun);
  };
  tell();
  return runs.onDidChange(tell);
}

function whatBecameOf(run: FinishedRun): "pending" | "elsewhere" | "done" {
  if (run.outcome === "pending" && changesAny(run)) return "pending";
  return run.withLlmspell ? "elsewhere" : "done";
}

/** Whether a run changed anything, or would. */
export function changesAny({ result }: FinishedRun): boolean {
  return result.changes.length + result.omittedChanges > 0;
}
