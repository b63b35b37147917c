import { StateError } from "../../../shared/src/errors.ts";
import type { NamespaceSummary } from "../../../shared/src/protocol.ts";
import type { Entry, PageQuery, StateView } from "./types.ts";

/** Answers kept at most, and the bytes of values in them. */
const MOST_ANSWERS = 2000;
const MOST_BYTES = 16 * 1024 * 1024;
/** For so long (ms) after the store could not be asked, nobody waits for it again. */
const PAUSE = 1000;

const AWAY: ReadonlySet<string> = new Set(["store-unreachable", "store-slow", "store-busy"]);

interface Answer {
  readonly value: unknown;
  readonly bytes: number;
}

/**
 * A view of a store that is far away, for who asks the same again and again: answers are kept, in
 * bounded memory, until somebody says that they may be out of date. While the store cannot be
 * reached, questions fail at once.
 */
export class CachedView implements StateView {
  readonly #source: StateView;
  /** The longest unused first. */
  readonly #answers = new Map<string, Answer>();
  #bytes = 0;
  /** Differs after every event: an answer that was under way meanwhile is not kept. */
  #moment = 0;
  #away: { readonly error: StateError; readonly until: number } | undefined;

  constructor(source: StateView) {
    this.#source = source;
  }

  /** Something may have changed: forgets every answer. */
  forget(): void {
    this.#moment++;
    this.#answers.clear();
    this.#bytes = 0;
    this.#away = undefined;
  }

  revision(): Promise<number> {
    return this.#ask("revision", () => this.#source.revision());
  }

  entry(namespace: string, key: string): Promise<Entry | undefined> {
    const question = JSON.stringify(["entry", namespace, key]);
    return this.#ask(question, () => this.#source.entry(namespace, key));
  }

  namespaces(): Promise<readonly NamespaceSummary[]> {
    return this.#ask("namespaces", () => this.#source.namespaces());
  }

  namespace(name: string): Promise<NamespaceSummary | undefined> {
    const question = JSON.stringify(["namespace", name]);
    return this.#ask(question, () => this.#source.namespace(name));
  }

  page(namespace: string, query: PageQuery): Promise<readonly Entry[]> {
    const { prefix, after, limit, maxValueBytes, beginning } = query;
    const bounds = [prefix, after, limit, maxValueBytes, beginning];
    const question = JSON.stringify(["page", namespace, ...bounds]);
    return this.#ask(question, () => this.#source.page(namespace, query));
  }

  async #ask<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(question);
    if (known !== undefined) {
      this.#answers.delete(question);
      this.#answers.set(question, known);
      // Kept under the question that it answers.
      return known.value as T;
    }
    if (this.#away !== undefined && Date.now() < this.#away.until) throw this.#away.error;
    const moment = this.#moment;
    try {
      const value = await ask();
      this.#away = undefined;
      if (moment === this.#moment) this.#keep(question, { value, bytes: bytesOf(value) });
      return value;
    } catch (error) {
      if (error instanceof StateError && AWAY.has(error.code)) {
        this.#away = { error, until: Date.now() + PAUSE };
      }
      throw error;
    }
  }

  #keep(question: string, answer: Answer): void {
    this.#drop(question);
    this.#answers.set(question, answer);
    this.#bytes += answer.bytes;
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MOST_ANSWERS && this.#bytes <= MOST_BYTES) return;
      this.#drop(oldest);
    }
  }

  #drop(question: string): void {
    this.#bytes -= this.#answers.get(question)?.bytes ?? 0;
    this.#answers.delete(question);
  }
}

/** Roughly what an answer takes. */
function bytesOf(value: unknown): number {
  const entries = (Array.isArray(value) ? value : [value]) as readonly Partial<Entry>[];
  return entries.reduce((sum, entry) => sum + 200 + 2 * (entry?.value?.length ?? 0), 0);
}
