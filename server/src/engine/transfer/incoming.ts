import { setImmediate as turn } from "node:timers/promises";
import { StateError, toProblem } from "../../../../shared/src/errors.ts";
import { checkKey, checkNamespace, quote } from "../../../../shared/src/names.ts";
import { stopIfAborted } from "../backup/faults.ts";
import type { JobControl } from "../engine.ts";
import type { PastEntry } from "../types.ts";
import { parseValue } from "../values/parse.ts";
import { printValue } from "../values/print.ts";
import { isArrayValue, type StateValue } from "../values/value.ts";

/** What an import brings, by namespace and key: each pair once. */
export class Incoming {
  readonly #entries = new Map<string, PastEntry>();
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws StateError `invalid-import` for names and values that cannot be stored, and doubles */
  add(place: string, entry: PastEntry): void {
    const { namespace, key } = this.#named(place, entry);
    const name = JSON.stringify([namespace, key]);
    if (this.#entries.has(name)) {
      throw this.fault(place, `${quote(key)} of ${quote(namespace)} is there twice`);
    }
    this.#entries.set(name, { ...entry, namespace, key });
  }

  get entries(): readonly PastEntry[] {
    return [...this.#entries.values()];
  }

  has(namespace: string, key: string): boolean {
    return this.#entries.has(JSON.stringify([namespace, key]));
  }

  fault(place: string, what: string): StateError {
    return new StateError(
      "invalid-import",
      `${this.#file}${place}: ${what}.`,
      "Nothing was imported: correct the file and import it again.",
    );
  }

  #named(place: string, { namespace, key }: PastEntry): { namespace: string; key: string } {
    try {
      return { namespace: checkNamespace(namespace), key: checkKey(key) };
    } catch (error) {
      throw this.fault(place, withoutFullStop(toProblem(error).message));
    }
  }
}

/** Lines between two looks at whether the work is still wanted. */
const BATCH = 1000;

/**
 * The entries of JSON lines as `export` prints them; times that are missing are `now`.
 * @param file for messages
 * @throws StateError `invalid-import`, `cancelled`
 */
export async function readJsonLines(
  text: string,
  file: string,
  now: number,
  { signal, progress }: JobControl = {},
): Promise<Incoming> {
  const incoming = new Incoming(file);
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (index % BATCH === 0) {
      await turn();
      stopIfAborted(signal, "The import");
      progress?.({ done: index, total: lines.length, what: "reading the file" });
    }
    if (line.trim() === "") continue;
    const place = `:${index + 1}`;
    const fields = objectOf(line, (what) => incoming.fault(place, what));
    const textOf = (name: string): string => {
      const value = fields.get(name);
      if (typeof value === "string") return value;
      throw incoming.fault(place, `the field "${name}" must be a string`);
    };
    const timeOf = (name: string): number => {
      if (!fields.has(name)) return now;
      const time = Date.parse(textOf(name));
      if (!Number.isNaN(time)) return time;
      throw incoming.fault(
        place,
        `the field "${name}" must be a time such as 2026-01-31T12:00:00Z`,
      );
    };
    const value = fields.get("value");
    if (value === undefined) throw incoming.fault(place, 'the field "value" is missing');
    incoming.add(place, {
      namespace: textOf("namespace"),
      key: textOf("key"),
      value: printValue(value),
      createdAt: timeOf("created_at"),
      updatedAt: timeOf("updated_at"),
    });
  }
  return incoming;
}

function objectOf(
  line: string,
  fault: (what: string) => StateError,
): ReadonlyMap<string, StateValue> {
  let value: StateValue;
  try {
    value = parseValue(line);
  } catch (error) {
    throw fault(withoutFullStop(toProblem(error).message));
  }
  if (typeof value !== "object" || isArrayValue(value)) {
    throw fault("an object {namespace, key, value} is expected on each line");
  }
  return value;
}

function withoutFullStop(text: string): string {
  return text.replace(/\.$/, "");
}
