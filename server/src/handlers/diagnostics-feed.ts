import type { CancellationToken, Connection } from "vscode-languageserver/node";
import type { ScriptModel } from "../language/model.ts";
import { UsesOfOthers } from "../service/known-uses.ts";
import type { Diagnostic } from "../service/types.ts";
import type { ClientAbilities } from "./abilities.ts";
import { Quiet } from "./quiet.ts";
import { Rounds } from "./rounds.ts";

const REFRESH = "refresh";

/** What was found in one model, and when. */
interface Found {
  readonly age: number;
  readonly findings: Promise<readonly Diagnostic[]>;
}

/**
 * When diagnostics are made: of a document that changed as soon as nobody types in it, soon and
 * together for the others. A client that asks for them itself is told to ask again.
 */
export class Diagnostics {
  readonly #publishing: Rounds;
  readonly #refreshing: Rounds | undefined;
  readonly #found = new WeakMap<ScriptModel, Found>();
  readonly #quiet = new Quiet();
  readonly #waiting = new Set<string>();
  /** By document: what is known of all other scripts. */
  readonly #others = new Map<string, UsesOfOthers>();
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

  /**
   * The document is another one now, or (`opened`) was just opened; a client that asks itself asks for
   * the others too.
   */
  documentChanged(uri: string, others: Iterable<string>, opened: boolean): void {
    this.#age++;
    this.scriptChanged(uri);
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
    this.#age++;
    this.scriptChanged(alone);
    // Nobody asks for closed ones.
    this.#publishing.later(closed);
    if (this.#refreshing === undefined) this.#publishing.later(open);
    else this.#refreshing.later([REFRESH]);
  }

  forget(uri: string): void {
    this.#quiet.forget(uri);
    this.#others.delete(uri);
    this.#waiting.delete(uri);
    this.#publishing.forget(uri);
  }

  /**
   * The script of a document (undefined: any) may do other things now: to all others it is one of the
   * others.
   */
  scriptChanged(uri: string | undefined): void {
    for (const other of this.#others.keys()) if (other !== uri) this.#others.delete(other);
  }

  /** What is known of scripts other than a document's, to be added to. @param file its script */
  others(uri: string, file: string): UsesOfOthers {
    const known = this.#others.get(uri);
    if (known?.file === file) return known;
    const others = new UsesOfOthers(file);
    this.#others.set(uri, others);
    return others;
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
