import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { FeedEvent } from "../../../server/src/engine/engine.ts";
import { ChangeFeed } from "../../../server/src/engine/feed.ts";
import { openStore } from "../../../server/src/engine/open-store.ts";
import { newClient } from "../../../server/src/engine/postgres/driver.ts";
import { inspectDatabase } from "../../../server/src/engine/postgres/inspect.ts";
import type { Store } from "../../../server/src/engine/types.ts";
import type { Change } from "../../../shared/src/protocol.ts";
import { postgresPresent, TestPostgres } from "../../support/postgres.ts";
import { appendFromFourProcesses } from "../list-append.ts";
import { equalsModel } from "../model.ts";
import { startProcess } from "../processes.ts";
import { optionsIn, temporaryFolder } from "../state-folder.ts";

const LONG = process.env["LLMSPELL_LONG"] !== undefined;
const RESTARTS = LONG ? 50 : 4;
const CLIENTS = ["ada", "bob", "cy"];

interface Told {
  readonly key?: string;
  readonly revision?: number;
  readonly failed?: string;
}

describe.runIf(postgresPresent())("several at one database", () => {
  let server: TestPostgres;

  beforeAll(async () => {
    server = await TestPostgres.start();
  });
  afterAll(() => server.stop());

  const options = (store?: string) => ({
    ...optionsIn(temporaryFolder(), { backend: "postgres" as const }),
    postgres: server.options({
      requestTimeoutMs: 20_000,
      ...(store === undefined ? {} : { store }),
    }),
  });

  /** What a feed tells, by notifications, from now on. */
  async function follow(store: Store): Promise<{ changes: Change[]; resets: () => number }> {
    const changes: Change[] = [];
    let resets = 0;
    const feed = new ChangeFeed(store, (event: FeedEvent) => {
      if (event.kind === "changes") changes.push(...event.changes);
      else resets++;
    });
    const stop = store.listen?.(() => feed.poke());
    onTestFinished(async () => {
      await stop?.();
      await feed.close();
    });
    await feed.ready;
    return { changes, resets: () => resets };
  }

  test("any sequence of operations equals a plain model", { timeout: 600_000 }, () =>
    equalsModel("postgres", LONG ? 1000 : 25, () => ({ postgres: server.options() })),
  );

  test(
    "four processes append and count with compare-and-set: nothing is lost or done twice",
    {
      timeout: 600_000,
    },
    () => appendFromFourProcesses({ ...options(), historyLimit: 2 }, LONG ? 20_000 : 800),
  );

  test("processes that make tables and store at one moment all get in", async () => {
    const schema = "made_together";
    const postgres = server.options({ schema, store: "one" });
    const stores = Array.from({ length: 6 }, () => openStore({ ...options(), postgres }));
    await Promise.all(stores.map((store, index) => store.save("t", "n", `k${index}`, "1")));
    expect(await stores[0]?.revision()).toBe(6);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("a change whose transaction began before another's and ended after it is in the feed", async () => {
    const { postgres, ...more } = options("held");
    const store = openStore({ ...more, postgres });
    onTestFinished(() => store.close());
    await store.save("t", "n", "first", "1");
    const { changes } = await follow(store);
    const raw = newClient({ connectionString: server.url() });
    onTestFinished(() => raw.end());
    await raw.connect();
    const save = (key: string) =>
      raw.query(
        "SELECT * FROM llmspell_state.save('held', '1.0.0', 0, NULL, NULL, 'raw', 'n', $1, '1', 'integer', true, 20, NULL, NULL, NULL, NULL)",
        [key],
      );
    // It has a number and a moment of its own before the others commit.
    await raw.query("BEGIN");
    await raw.query("SELECT pg_current_xact_id()");
    await store.save("t", "n", "between", "1");
    await save("late");
    // Whoever writes now gets a later revision, and has to wait for it.
    const after = store.save("t", "n", "after", "1");
    await delay(200);
    expect(await store.revision()).toBe(2);
    await raw.query("COMMIT");
    await after;
    while (changes.length < 3) await delay(10);
    expect(changes.map(({ key, revision }) => [key, revision])).toEqual([
      ["between", 2],
      ["late", 3],
      ["after", 4],
    ]);
  });

  test(`the server is killed and started ${RESTARTS} times under load from three clients: what was acknowledged is there once`, {
    timeout: 1_200_000,
  }, async () => {
    const own = options("load");
    const store = openStore(own);
    onTestFinished(() => store.close());
    await store.save("t", "start", "k", "1");
    const { changes, resets } = await follow(store);
    const acknowledged = new Map<string, number>();
    const failed = new Set<string>();
    const clients = CLIENTS.map((name) => {
      const child = startProcess("postgres/client.process.ts", JSON.stringify(own), name);
      const { promise: stopped, resolve } = Promise.withResolvers<void>();
      let heard = 0;
      child.on("message", (told: Told | "ready" | "stopped") => {
        heard++;
        if (told === "stopped") resolve();
        if (typeof told === "string") return;
        if (told.failed !== undefined) failed.add(told.failed);
        else acknowledged.set(told.key ?? "", told.revision ?? 0);
      });
      return { child, stopped, heard: () => heard };
    });
    /** Each of the same three processes does something from now on. */
    const allGoOn = async (): Promise<void> => {
      const before = clients.map(({ heard }) => heard());
      while (clients.some(({ heard }, index) => heard() < (before[index] ?? 0) + 5))
        await delay(10);
    };
    await allGoOn();
    for (let restart = 0; restart < RESTARTS; restart++) {
      await delay((restart * 37) % 120);
      await server.kill();
      await delay((restart * 53) % 200);
      await server.boot();
      await allGoOn();
    }
    for (const { child } of clients) child.send("stop");
    await Promise.all(clients.map(({ stopped }) => stopped));

    const newest = await store.revision();
    while (changes.at(-1)?.revision !== newest) await delay(10);
    // The feed told everything once, in order.
    expect(resets()).toBe(0);
    expect(changes.map(({ revision }) => revision)).toEqual(
      Array.from({ length: newest - 1 }, (_, index) => index + 2),
    );
    const made = Map.groupBy(changes, ({ key }) => key);
    for (const [key, revision] of acknowledged) {
      expect(made.get(key)?.map((change) => change.revision)).toEqual([revision]);
      expect((await store.entry("load", key))?.revision).toBe(revision);
    }
    for (const key of failed) expect(made.get(key)?.length ?? 0).toBeLessThanOrEqual(1);
    // Pairs are whole.
    for (const key of made.keys()) {
      if (key.endsWith(":pair")) expect(made.has(key.slice(0, -":pair".length))).toBe(true);
    }
    expect(acknowledged.size).toBeGreaterThan(RESTARTS * 15);
    expect((await inspectDatabase(own.postgres)).filter(({ ok }) => !ok)).toEqual([]);
    console.log(`${acknowledged.size} acknowledged, ${failed.size} not, ${newest} revisions`);
  });
});
