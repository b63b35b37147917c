import type { ScriptModel } from "../language/model.ts";
import { UsesOfOthers } from "../service/known-uses.ts";
import type { Diagnostic } from "../service/types.ts";

/** What was found in one model, and when. */
interface Found {
  readonly age: number;
  readonly findings: Promise<readonly Diagnostic[]>;
}

/** What the rules found in open scripts, and what they go by; good until something changes. */
export class Findings {
  readonly #found = new WeakMap<ScriptModel, Found>();
  /** By document: what is known of all other scripts. */
  readonly #others = new Map<string, UsesOfOthers>();
  #age = 0;

  /** Something changed that findings may rest on, beside the model that they are in. */
  changed(): void {
    this.#age++;
  }

  /** Grows with each change. */
  get age(): number {
    return this.#age;
  }

  /** Takes over the age of those in another thread, who hear of changes. */
  follow(age: number): void {
    this.#age = age;
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

  /** Forgets a closed document. */
  forget(uri: string): void {
    this.#others.delete(uri);
  }
}
