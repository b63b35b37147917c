import type { Connection } from "vscode-languageserver/node";
import type { ScriptModel } from "../language/model.ts";
import type { Diagnostic } from "../service/types.ts";
import type { ClientAbilities } from "./abilities.ts";
import { Rounds } from "./rounds.ts";

const REFRESH = "refresh";

/** What was found in one model, and when. */
interface Found {
  readonly age: number;
  readonly findings: Promise<readonly Diagnostic[]>;
}

/**
 * When diagnostics are made: at once for a document that changed, soon and together for the others.
 * A client that asks for them itself is told to ask again.
 */
export class Diagnostics {
  readonly #publishing: Rounds;
  readonly #refreshing: Rounds | undefined;
  readonly #found = new WeakMap<ScriptModel, Found>();
  #age = 0;

  /** @param publish sends the diagnostics of a document; does not throw */
  constructor(
    connection: Connection,
    { pullDiagnostics }: ClientAbilities,
    publish: (uri: string) => Promise<void>,
  ) {
    this.#publishing = new Rounds(publish);
    if (!pullDiagnostics) return;
    this.#refreshing = new Rounds(async () => {
      // A client that is closing answers nothing, and nobody is left to tell.
      await connection.languages.diagnostics.refresh().catch(() => {});
    });
  }

  /** The document is another one now; a client that asks itself asks for the others too. */
  documentChanged(uri: string, others: Iterable<string>): void {
    this.#age++;
    if (this.#refreshing !== undefined) return;
    this.#publishing.now(uri);
    this.#publishing.later(others);
  }

  /** What is said of these open and closed documents may be something else now. */
  surroundingsChanged(open: Iterable<string>, closed: Iterable<string>): void {
    this.#age++;
    // Nobody asks for closed ones.
    this.#publishing.later(closed);
    if (this.#refreshing === undefined) this.#publishing.later(open);
    else this.#refreshing.later([REFRESH]);
  }

  forget(uri: string): void {
    this.#publishing.forget(uri);
  }

  /** What `find` gives for a model, found once as long as nothing around it changes. */
  of(
    model: ScriptModel,
    find: () => Promise<readonly Diagnostic[]>,
  ): Promise<readonly Diagnostic[]> {
    const known = this.#found.get(model);
    if (known?.age === this.#age) return known.findings;
    const findings = find();
    this.#found.set(model, { age: this.#age, findings });
    // What failed is tried again.
    findings.catch(() => this.#found.delete(model));
    return findings;
  }

  stop(): void {
    this.#publishing.stop();
    this.#refreshing?.stop();
  }
}
