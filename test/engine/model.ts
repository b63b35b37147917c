import fc from "fast-check";
import { expect } from "vitest";
import { inspectStore } from "../../server/src/engine/inspect.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { inspectDatabase } from "../../server/src/engine/postgres/inspect.ts";
import type { Store, StoreOptions } from "../../server/src/engine/types.ts";
import { printValue } from "../../server/src/engine/values/print.ts";
import { anyValue } from "./arbitraries.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

const HISTORY_LIMIT = 3;

interface Past {
  readonly revision: number;
  /** undefined: a deletion. */
  readonly value: string | undefined;
  readonly position: number;
}

/** The state in the simplest terms: for every key all that ever happened to it, newest first. */
class Model {
  revision = 0;
  readonly keys = new Map<string, Past[]>();

  past(name: string): Past[] {
    const past = this.keys.get(name) ?? [];
    this.keys.set(name, past);
    return past;
  }

  value(name: string): string | undefined {
    return this.keys.get(name)?.[0]?.value;
  }

  push(name: string, value: string | undefined, position?: number): void {
    const revision = ++this.revision;
    this.past(name).unshift({ revision, value, position: position ?? revision });
  }

  /** What may be remembered: the present, and the newest values before it with their deletions. */
  remembered(name: string): Past[] {
    const kept: Past[] = [];
    let values = this.value(name) === undefined ? 0 : -1;
    for (const item of this.past(name)) {
      if (item.value !== undefined && ++values > HISTORY_LIMIT) break;
      kept.push(item);
    }
    // A deletion stands in front of the value that it ended, and goes with it.
    while (kept.length > 0 && kept.at(-1)?.value === undefined) kept.pop();
    return kept;
  }

  undoTarget(name: string): Past | undefined {
    const [present, ...earlier] = this.remembered(name);
    return earlier.find(
      ({ value, revision }) => value !== undefined && revision < (present?.position ?? 0),
    );
  }
}

/** Values that stand in their entry's row, and some that do not. */
const anySize = fc.oneof(
  { weight: 3, arbitrary: anyValue },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 250, max: 5000 }).map((length) => "é".repeat(length)),
  },
);
// One name comes up most of the time, so that much happens to it.
const anyName = fc.constantFrom("a/x", "a/x", "a/x", "a/x", "a:b/x", "b/é", "b/😀");
const anyOperation = fc.oneof(
  fc.record({ kind: fc.constant("save" as const), name: anyName, value: anySize }),
  fc.record({ kind: fc.constant("save" as const), name: anyName, value: anySize }),
  fc.record({ kind: fc.constant("delete" as const), name: anyName }),
  fc.record({ kind: fc.constant("forget" as const), name: anyName }),
  fc.record({ kind: fc.constant("undo" as const), name: anyName }),
  fc.record({ kind: fc.constant("undo" as const), name: anyName }),
  fc.record({ kind: fc.constant("rollback" as const), name: anyName, value: anySize }),
  fc.record({ kind: fc.constant("reopen" as const), name: anyName }),
);

function split(name: string): [string, string] {
  const at = name.indexOf("/");
  return [name.slice(0, at), name.slice(at + 1)];
}

async function check(store: Store, model: Model): Promise<void> {
  expect(await store.revision()).toBe(model.revision);
  const counts = new Map<string, number>();
  for (const name of model.keys.keys()) {
    const [namespace, key] = split(name);
    const value = model.value(name);
    expect((await store.entry(namespace, key))?.value).toBe(value);
    const history = await store.history(namespace, key);
    expect(history.map(({ revision, value }) => [revision, value])).toEqual(
      model.remembered(name).map(({ revision, value }) => [revision, value]),
    );
    if (value !== undefined) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  const listed = (await store.namespaces()).map(({ namespace, keys }) => [namespace, keys]);
  expect(listed).toEqual([...counts].sort());
}

/** Any sequence of operations on a store equals a plain model, history and undo in it. */
export async function equalsModel(
  backend: StoreOptions["backend"],
  runs: number,
  more: () => Partial<StoreOptions> = () => ({}),
): Promise<void> {
  const property = fc.asyncProperty(
    fc.array(anyOperation, { minLength: 10, maxLength: 40 }),
    async (operations) => {
      const options: StoreOptions = optionsIn(temporaryFolder(), {
        ...{ backend, historyLimit: HISTORY_LIMIT, ...more() },
      });
      let store = openStore(options);
      const model = new Model();
      for (const operation of operations) {
        const { kind, name } = operation;
        const [namespace, key] = split(name);
        if (kind === "save") {
          const value = printValue(operation.value);
          const before = model.value(name);
          const change = await store.save("t", namespace, key, value);
          expect([change.before, change.after]).toEqual([before, value]);
          model.push(name, value);
        } else if (kind === "delete" || kind === "forget") {
          const existed = model.value(name) !== undefined;
          const forget = kind === "forget";
          const change = await store.delete("t", namespace, key, { forget });
          expect(change !== undefined).toBe(existed);
          if (existed) model.push(name, undefined);
          if (forget) model.keys.set(name, []);
        } else if (kind === "undo") {
          const target = model.undoTarget(name);
          if (target === undefined) {
            const undo = store.undo("t", namespace, key);
            await expect(undo).rejects.toMatchObject({ code: "nothing-to-undo" });
          } else {
            expect((await store.undo("t", namespace, key)).after).toBe(target.value);
            model.push(name, target.value, target.revision);
          }
        } else if (kind === "rollback") {
          const work = store.transact("t", async (transaction) => {
            await transaction.save(namespace, key, printValue(operation.value));
            await transaction.delete(namespace, key);
            throw new Error("no");
          });
          await expect(work).rejects.toThrow("no");
        } else if (backend !== "memory") {
          await store.close();
          store = openStore(options);
        }
      }
      await check(store, model);
      await store.close();
      const checks = inspectStore(options);
      if (options.postgres !== undefined) checks.push(...(await inspectDatabase(options.postgres)));
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: runs, seed: 20261122 });
}
