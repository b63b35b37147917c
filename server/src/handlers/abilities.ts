import type { ClientCapabilities } from "vscode-languageserver/node";

/** What the client can do, as far as an answer depends on it. */
export interface ClientAbilities {
  readonly snippets: boolean;
  /** Shows something beside every item of a list, not only beside the chosen one. */
  readonly labelDetails: boolean;
  /** Edits with a label that the user confirms one by one. */
  readonly confirmEdits: boolean;
  readonly versionedEdits: boolean;
  readonly progress: boolean;
  readonly refreshHints: boolean;
  readonly refreshLenses: boolean;
  readonly refreshTokens: boolean;
  /** Asks for diagnostics itself, and can be told to ask again; else they are sent to it. */
  readonly pullDiagnostics: boolean;
  /** Opens pages of the web. */
  readonly showPages: boolean;
  /** Can be asked for its settings. */
  readonly settings: boolean;
  /** Tells when settings change, once it is asked to. */
  readonly followSettings: boolean;
}

/** Reads them from what the client says of itself. */
export function abilitiesOf({
  textDocument,
  workspace,
  window,
}: ClientCapabilities): ClientAbilities {
  const edits = workspace?.workspaceEdit;
  const item = textDocument?.completion?.completionItem;
  return {
    snippets: item?.snippetSupport === true,
    labelDetails: item?.labelDetailsSupport === true,
    confirmEdits: edits?.documentChanges === true && edits.changeAnnotationSupport !== undefined,
    versionedEdits: edits?.documentChanges === true,
    progress: window?.workDoneProgress === true,
    refreshHints: workspace?.inlayHint?.refreshSupport === true,
    refreshLenses: workspace?.codeLens?.refreshSupport === true,
    refreshTokens: workspace?.semanticTokens?.refreshSupport === true,
    pullDiagnostics:
      textDocument?.diagnostic !== undefined && workspace?.diagnostics?.refreshSupport === true,
    showPages: window?.showDocument?.support === true,
    settings: workspace?.configuration === true,
    followSettings: workspace?.didChangeConfiguration?.dynamicRegistration === true,
  };
}
