import * as vscode from "vscode";
import { databaseAddress, describeAddress } from "../../shared/src/database-url.ts";
import { StateError } from "../../shared/src/errors.ts";

/** The variable that `url` in llmspell.toml stands for where it says nothing else. */
export const DATABASE_URL_VARIABLE = "STATE_DATABASE_URL";

/** Variables that the server is started with beside its own; changed before a start. */
export type ServerEnvironment = Record<string, string>;

/** The URL of this workspace's database, in VS Code's secret storage and nowhere else. */
export class DatabaseUrl {
  readonly #secrets: vscode.SecretStorage;
  readonly #environment: ServerEnvironment;

  constructor(secrets: vscode.SecretStorage, environment: ServerEnvironment) {
    this.#secrets = secrets;
    this.#environment = environment;
  }

  /** Puts it where the server will find it when it starts. */
  async load(): Promise<void> {
    const url = await this.#secrets.get(secretKey());
    if (url === undefined) delete this.#environment[DATABASE_URL_VARIABLE];
    else this.#environment[DATABASE_URL_VARIABLE] = url;
  }

  /** Calls `listener` when it was set or removed, in any window of this workspace. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key === secretKey()) listener();
    });
  }

  /** Asks for it; an empty answer removes what is stored. */
  async ask(): Promise<void> {
    const present = await this.#secrets.get(secretKey());
    const url = await vscode.window.showInputBox({
      title: vscode.l10n.t("Set Database URL"),
      prompt:
        present === undefined
          ? vscode.l10n.t("It is kept in the secret storage, for this workspace.")
          : vscode.l10n.t(
              "It is kept in the secret storage. Leave it empty to remove the present one.",
            ),
      placeHolder: "postgres://USER:PASSWORD@HOST:5432/DATABASE",
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === "" ? undefined : fault(text)),
    });
    if (url === undefined) return;
    if (url.trim() === "") {
      await this.#secrets.delete(secretKey());
      return;
    }
    await this.#secrets.store(secretKey(), url.trim());
    const place = describeAddress(databaseAddress(url));
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The database is {0}. It is used where llmspell.toml says backend = "postgres".',
        place,
      ),
    );
  }
}

/** Secrets are the extension's, and each workspace has a database of its own. */
function secretKey(): string {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  return `databaseUrl:${(workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString() ?? ""}`;
}

function fault(text: string): string | undefined {
  try {
    databaseAddress(text);
    return undefined;
  } catch (error) {
    return error instanceof StateError ? `${error.message} ${error.next}` : String(error);
  }
}
