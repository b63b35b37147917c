import * as vscode from "vscode";
import {
  type Disposable,
  type LanguageClient,
  type Location,
  LSPErrorCodes,
  ResponseError,
  State,
  WorkDoneProgress,
  type WorkspaceEdit,
} from "vscode-languageclient/node";
import { fromProblem, type Problem } from "../../shared/src/errors.ts";
import {
  backupsChangedNotification,
  type ChangedParams,
  changedNotification,
  type NotificationType,
  PROBLEM_ERROR_CODE,
  type RequestType,
  type ScriptOutput,
  type StoreParams,
  scriptOutputNotification,
  storesChangedNotification,
} from "../../shared/src/protocol.ts";

/** The server as the rest of the client sees it: our own messages, typed. It outlives restarts. */
export interface Connection extends Disposable {
  /**
   * Asks the server. @throws StateError when the server names a problem; vscode.CancellationError
   * when `token` was cancelled.
   */
  request<P, R>(type: RequestType<P, R>, params: P, token?: vscode.CancellationToken): Promise<R>;
  /** The server started, or started again: whatever was read before may be out of date. */
  readonly onReady: vscode.Event<void>;
  readonly onChanged: vscode.Event<ChangedParams>;
  readonly onStoresChanged: vscode.Event<void>;
  readonly onBackupsChanged: vscode.Event<StoreParams>;
  readonly onScriptOutput: vscode.Event<ScriptOutput>;
  /** Tells `report` what the server says about the work it does under `token`, until disposed. */
  progress(token: string, report: (step: ProgressStep) => void): Disposable;
  /** Places that the server named, as VS Code has them. */
  places(locations: readonly Location[]): vscode.Location[];
  /** An edit that the server made, as VS Code has it. */
  edit(edit: WorkspaceEdit): Promise<vscode.WorkspaceEdit>;
}

export interface ProgressStep {
  readonly message?: string;
  /** 0 to 100; absent when the server cannot tell. */
  readonly percentage?: number;
}

export function connect(client: LanguageClient): Connection {
  const disposables: Disposable[] = [];
  const event = <T>(type: NotificationType<T>): vscode.Event<T> => {
    const emitter = new vscode.EventEmitter<T>();
    disposables.push(
      emitter,
      client.onNotification(type.method, (params: T) => emitter.fire(params)),
    );
    return emitter.event;
  };
  const ready = new vscode.EventEmitter<void>();
  disposables.push(
    ready,
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) ready.fire();
    }),
  );
  const storesChanged = event(storesChangedNotification);
  return {
    onReady: ready.event,
    onChanged: event(changedNotification),
    onStoresChanged: (listener, self, bag) =>
      storesChanged(() => listener.call(self), undefined, bag),
    onBackupsChanged: event(backupsChangedNotification),
    onScriptOutput: event(scriptOutputNotification),
    async request<P, R>(type: RequestType<P, R>, params: P, token?: vscode.CancellationToken) {
      try {
        // An absent token must not be passed on: it would be taken for another parameter.
        return await (token === undefined
          ? client.sendRequest<R>(type.method, params)
          : client.sendRequest<R>(type.method, params, token));
      } catch (error) {
        throw asUserError(error);
      }
    },
    progress: (token, report) =>
      client.onProgress(WorkDoneProgress.type, token, (step) => {
        if (step.kind !== "end") report(step);
      }),
    places: (locations) =>
      locations.map((location) => client.protocol2CodeConverter.asLocation(location)),
    edit: (edit) => client.protocol2CodeConverter.asWorkspaceEdit(edit),
    dispose: () => {
      for (const disposable of disposables) disposable.dispose();
    },
  };
}

function asUserError(error: unknown): unknown {
  if (!(error instanceof ResponseError)) return error;
  if (error.code === PROBLEM_ERROR_CODE) return fromProblem(error.data as Problem);
  if (error.code === LSPErrorCodes.RequestCancelled) return new vscode.CancellationError();
  return error;
}
