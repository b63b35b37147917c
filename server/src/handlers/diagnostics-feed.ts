import type { CancellationToken, Connection } from "vscode-languageserver/node";
import type { ClientAbilities } from "./abilities.ts";
import type { Findings } from "./findings.ts";
import { Quiet } from "./quiet.ts";
import { Rounds } from "./rounds.ts";

const REFRESH = "refresh";

/**
 * When diagnostics are made: of a document that changed as soon as nobody types in it, soon and
 * together for the others. A client that asks for them itself is told to ask again.
 */
export class Diagnostics {
  readonly #publishing: Rounds;
  readonly #refreshing: Rounds | undefined;
  readonly #findings: Findings;
  readonly #quiet = new Quiet();
  readonly #waiting = new Set<string>();

  /** @param publish sends the diagnostics of a document; does not throw */
  constructor(
    connection: Connection,
    { pullDiagnostics }: ClientAbilities,
    findings: Findings,
    publish: (uri: string) => Promise<void>,
  ) {
    this.#findings = findings;
    this.#publishing = new Rounds(publish);
    if (!pullDiagnostics) return;
    this.#refreshing = new Rounds(async () => {
      // A client that is closing answers nothing, and nobody is left to tell.
      await connection.languages.diagnostics.refresh().catch(() => {});
    });
  }

  /**
   * The document is another one now, or (`opened`) was just opened; a client that asks itself asks for
   * the others too.
   */
  documentChanged(uri: string, others: Iterable<string>, opened: boolean): void {
    this.#findings.changed();
    this.#findings.scriptChanged(uri);
    if (!opened) this.#quiet.changed(uri);
    if (this.#refreshing !== undefined) return;
    void this.#publish(uri);
    this.#publishing.later(others);
  }

  async #publish(uri: string): Promise<void> {
    if (this.#waiting.has(uri)) return;
    this.#waiting.add(uri);
    await this.#quiet.of(uri);
    if (this.#waiting.delete(uri)) this.#publishing.now(uri);
  }

  /** Done when nobody types in the document just now, or (`token`) nobody waits for the answer. */
  async quiet(uri: string, token: CancellationToken): Promise<void> {
    await this.#quiet.of(uri, token);
  }

  /**
   * What is said of these open and closed documents may be something else now.
   * @param alone the document whose script is all that changed
   */
  surroundingsChanged(open: Iterable<string>, closed: Iterable<string>, alone?: string): void {
    this.#findings.changed();
    this.#findings.scriptChanged(alone);
    // Nobody asks for closed ones.
    this.#publishing.later(closed);
    if (this.#refreshing === undefined) this.#publishing.later(open);
    else this.#refreshing.later([REFRESH]);
  }

  /**
   * What the script of a document does was found out after it had changed: the others are judged by
   * that now.
   */
  scriptTold(uri: string, others: readonly string[]): void {
    this.#findings.changed();
    this.#findings.scriptChanged(uri);
    if (others.length === 0) return;
    if (this.#refreshing === undefined) this.#publishing.later(others);
    else this.#refreshing.later([REFRESH]);
  }

  forget(uri: string): void {
    this.#findings.forget(uri);
    this.#quiet.forget(uri);
    this.#waiting.delete(uri);
    this.#publishing.forget(uri);
  }

  stop(): void {
    this.#publishing.stop();
    this.#refreshing?.stop();
  }
}
