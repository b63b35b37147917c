import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../../server/src/engine/open-store.ts";
import type { PostgresOptions } from "../../../server/src/engine/postgres/options.ts";
import { PostgresStore } from "../../../server/src/engine/postgres/store.ts";
import { toProblem } from "../../../shared/src/errors.ts";
import { freePort, postgresPresent, TestPostgres } from "../../support/postgres.ts";
import { NetworkProxy } from "../../support/proxy.ts";
import { optionsIn, temporaryFolder } from "../state-folder.ts";
import { refusal as refusalOf } from "./refusal.ts";

describe.runIf(postgresPresent())("a database that does not do what it should", () => {
  let server: TestPostgres;
  let proxy: NetworkProxy;

  beforeAll(async () => {
    server = await TestPostgres.start();
    server.allow([
      "hostssl all tls_only 127.0.0.1/32 scram-sha-256",
      "hostnossl all tls_only 127.0.0.1/32 reject",
    ]);
    await server.run(`
      CREATE ROLE reader LOGIN PASSWORD 'reading';
      CREATE ROLE tls_only LOGIN PASSWORD 'safely';
      CREATE ROLE writer LOGIN PASSWORD 'writing'`);
    await server.run("SELECT pg_reload_conf()");
    await server.createDatabase("latin", "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    proxy = await NetworkProxy.start(server.port);
  });
  beforeEach(() => {
    proxy.stalled = false;
    proxy.dropsNotifications = false;
    proxy.onRequest = () => "pass";
    proxy.rewrite = undefined;
  });
  afterAll(async () => {
    await proxy.close();
    await server.stop();
  });

  function open(postgres: Partial<PostgresOptions> = {}, more = {}): PostgresStore {
    const options = optionsIn(temporaryFolder(), { backend: "postgres", ...more });
    const store = openStore({ ...options, postgres: server.options(postgres) });
    onTestFinished(() => store.close());
    if (!(store instanceof PostgresStore)) throw new Error("not a database");
    return store;
  }

  const refusal = (call: Promise<unknown>) =>
    refusalOf(call, [...server.secrets, "reading", "safely", "wrong:one"]);

  const port = (): { port: number } => ({ port: proxy.port });

  test("a wrong password", async () => {
    const error = await refusal(
      open({ url: server.url({ password: "wrong:one" }) }).entry("n", "k"),
    );
    expect(error).toMatchObject({ code: "store-access-denied" });
    expect(error.message).toContain(`127.0.0.1:${server.port}/llmspell refused the user llmspell`);
  });

  test("no password at all, and a user that is not there", async () => {
    const url = `postgres://llmspell@127.0.0.1:${server.port}/llmspell`;
    expect((await refusal(open({ url }).entry("n", "k"))).code).toBe("store-access-denied");
    const nobody = server.url({ user: "nobody" });
    expect((await refusal(open({ url: nobody }).entry("n", "k"))).code).toBe("store-access-denied");
  });

  test("an unknown database", async () => {
    const error = await refusal(open({ url: server.url({ database: "nowhere" }) }).revision());
    expect(error).toMatchObject({ code: "unknown-database" });
    expect(error.message).toContain("has no database nowhere");
  });

  test("a user that must come over TLS, and a server that has none", async () => {
    const user = server.url({ user: "tls_only", password: "safely" });
    expect((await refusal(open({ url: user }).revision())).code).toBe("store-tls-required");
    const tls = server.url({ query: "?sslmode=verify-full" });
    expect((await refusal(open({ url: tls }).revision())).code).toBe("store-tls-unavailable");
  });

  test("nobody listens, and a name that is not known", async () => {
    const url = server.url({ port: await freePort() });
    const error = await refusal(open({ url, requestTimeoutMs: 100 }).revision());
    expect(error).toMatchObject({ code: "store-unreachable" });
    expect(error.message).toContain("nothing listens there");
    const unknown = url.replace("127.0.0.1", "no-such-host.invalid");
    const nameless = open({ url: unknown, requestTimeoutMs: 100 }).revision();
    expect((await refusal(nameless)).code).toBe("store-unreachable");
  });

  test.each([
    "",
    "mysql://u:s3cret@h/d",
    "postgres://u:s3cret/of@h/d",
    "postgres://u:1/s3cret@h/d",
    "postgres://u:1#s3cret@h/d",
    "postgres://u:1?s3cret@h/d",
  ])("a URL that cannot be meant: %s", (url) => {
    const opening = () => open({ url });
    expect(opening).toThrow(expect.objectContaining({ code: "invalid-database-url" }));
    try {
      opening();
    } catch (error) {
      expect(JSON.stringify(toProblem(error))).not.toContain("s3cret");
    }
  });

  test("rights: who may only read does read; who may not write is told; grants are enough to write", async () => {
    const schema = "granted";
    const owner = open({ schema });
    await owner.save("t", "n", "k", "1");
    const shared = { schema, store: "common" };
    await open(shared).save("t", "n", "k", "1");
    await server.run(`GRANT USAGE ON SCHEMA granted TO reader, writer;
      GRANT SELECT ON ALL TABLES IN SCHEMA granted TO reader;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA granted TO writer`);
    const reader = open({ ...shared, url: server.url({ user: "reader", password: "reading" }) });
    expect((await reader.entry("n", "k"))?.value).toBe("1");
    const refused = await refusal(reader.save("t", "n", "k", "2"));
    expect(refused).toMatchObject({ code: "store-no-rights" });
    const writer = open({ ...shared, url: server.url({ user: "writer", password: "writing" }) });
    await writer.save("t", "n", "k", "2");
    await writer.delete("t", "n", "k");
    await writer.undo("t", "n", "k");
    await writer.transact("t", async (transaction) => {
      await transaction.save("n", "other", "1");
    });
    expect((await reader.history("n", "k")).map(({ value }) => value)).toEqual([
      "2",
      undefined,
      "2",
      "1",
    ]);
    const elsewhere = open({
      schema: "elsewhere",
      url: server.url({ user: "reader", password: "reading" }),
    });
    expect(await elsewhere.entry("n", "k")).toBeUndefined();
    expect((await refusal(elsewhere.save("t", "n", "k", "1"))).code).toBe("store-no-rights");
  });

  test("a schema from a newer version is left alone", async () => {
    const schema = "newer";
    await open({ schema }).save("t", "n", "k", "1");
    await server.run("UPDATE newer.format SET format = 99, readable_from = '7.0.0'");
    const late = open({ schema });
    for (const call of [() => late.entry("n", "k"), () => late.save("t", "n", "k", "2")]) {
      const error = await refusal(call());
      expect(error).toMatchObject({ code: "newer-format", data: { format: 99, version: "7.0.0" } });
      expect(error.next).toContain("7.0.0");
    }
  });

  test("a database whose encoding cannot hold every text", async () => {
    const error = await refusal(
      open({ url: server.url({ database: "latin" }) }).save("t", "n", "k", "1"),
    );
    expect(error).toMatchObject({ code: "unsupported-database" });
    expect(error.message).toContain("LATIN1");
  });

  test("looking makes nothing, nor does what is refused anyway", async () => {
    const store = open({ schema: "untouched" });
    expect(await store.namespaces()).toEqual([]);
    await store.delete("t", "n", "k");
    await refusal(store.save("t", "n", "k", "nonsense"));
    await refusal(store.save("t", "n", "k", "1", { ifRevision: 3 }));
    const made = await server.run("SELECT 1 FROM pg_namespace WHERE nspname = 'untouched'");
    expect(made).toEqual([]);
  });

  test("tables that are dropped while they are used come again with the next write", async () => {
    const store = open({ schema: "dropped" });
    await store.save("t", "n", "k", "1");
    await server.run("DROP SCHEMA dropped CASCADE");
    expect(await store.entry("n", "k")).toBeUndefined();
    await store.save("t", "n", "k", "2");
    await server.run("DROP SCHEMA dropped CASCADE");
    expect((await store.save("t", "n", "k", "3")).revision).toBe(1);
  });

  test("a slow server: the call is cancelled there, says so, and the store goes on", async () => {
    const store = open({ schema: "slow", requestTimeoutMs: 200 });
    await store.save("t", "n", "k", "1");
    const { newClient } = await import("../../../server/src/engine/postgres/driver.ts");
    const blocker = newClient({ connectionString: server.url() });
    await blocker.connect();
    await blocker.query("BEGIN; LOCK TABLE slow.entries IN ACCESS EXCLUSIVE MODE");
    const error = await refusal(store.entry("n", "k"));
    expect(error).toMatchObject({ code: "store-slow" });
    expect(error.message).toContain("within 200 ms");
    expect((await refusal(store.save("t", "n", "k", "2"))).code).toBe("store-slow");
    const running =
      "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%slow%' AND pid <> pg_backend_pid()";
    expect(await server.run(running)).toEqual([]);
    await blocker.end();
    expect((await store.entry("n", "k"))?.value).toBe("1");
    expect((await store.save("t", "n", "k", "2")).revision).toBe(2);
  });

  test("a network that swallows everything is given up after the limit", async () => {
    const store = open({ url: server.url(port()), requestTimeoutMs: 150, connectTimeoutMs: 300 });
    await store.save("t", "n", "k", "1");
    proxy.stalled = true;
    expect((await refusal(store.entry("n", "k"))).code).toBe("store-unreachable");
    expect((await refusal(store.save("t", "n", "k", "2"))).code).toMatch(
      /outcome-unknown|store-unreachable/,
    );
    proxy.stalled = false;
    // A busy machine may need longer than these limits allow.
    const found = () => store.entry("n", "k").catch(() => undefined);
    await expect.poll(found, { timeout: 10_000 }).toMatchObject({ value: "1" });
  });

  test("another's transaction is waited for, and named when it lasts", async () => {
    const name = "held";
    const store = open({ store: name }, { busyTimeoutMs: 100 });
    await store.save("t", "n", "k", "1");
    const other = open({ store: name });
    await other.transact("other", async (transaction) => {
      await transaction.save("n", "k", "2");
      expect((await refusal(store.save("t", "n", "k", "3"))).code).toBe("store-locked");
      expect((await refusal(store.transact("t", async () => 1))).code).toBe("store-locked");
      expect((await store.entry("n", "k"))?.value).toBe("1");
    });
    expect((await store.save("t", "n", "k", "3")).revision).toBe(3);
  });

  describe("a connection that breaks in the middle of", () => {
    test.each([
      ["each read, before it arrives", "cut-before"],
      ["each read, before its answer", "cut-after"],
    ] as const)("%s: it is asked again", async (_, cut) => {
      const store = open({ url: server.url(port()) });
      await store.save("t", "n", "k", "1");
      const reads: readonly [words: string, read: () => Promise<unknown>, answer: unknown][] = [
        ["entries e", () => store.entry("n", "k"), { value: "1" }],
        ["SELECT key", () => store.keys("n"), ["k"]],
        ["entries e", () => store.page("n", { limit: 10 }), [{ key: "k" }]],
        ["history h", () => store.history("n", "k"), [{ value: "1" }]],
        ["namespaces", () => store.namespaces(), [{ namespace: "n" }]],
        ["namespaces", () => store.namespace("n"), { keys: 1 }],
        ["changes t", () => store.changesSince(0, 10), { changes: [{ revision: 1 }] }],
        ["stores", () => store.revision(), 1],
      ];
      for (const [words, read, answer] of reads) {
        const cuts = cutOnce(cut, words);
        const given = await read();
        if (typeof answer === "object") expect(given).toMatchObject(answer ?? {});
        else expect(given).toBe(answer);
        expect(cuts()).toBe(1);
      }
    });

    test.each(["cut-before", "cut-after"] as const)(
      "a save (%s): it is applied once",
      async (cut) => {
        const store = open({ url: server.url(port()) });
        await store.save("t", "n", "k", "1");
        const cuts = cutOnce(cut, "the saver");
        expect(await store.save("the saver", "n", "k", "2", { ifRevision: 1 })).toMatchObject({
          ...{ revision: 2, before: "1", after: "2" },
        });
        expect(cuts()).toBe(1);
        cutOnce(cut, "the remover");
        expect(await store.delete("the remover", "n", "k")).toMatchObject({
          revision: 3,
          before: "2",
        });
        cutOnce(cut, "the undoer");
        expect(await store.undo("the undoer", "n", "k")).toMatchObject({ revision: 4, after: "2" });
        expect(await store.revision()).toBe(4);
        expect((await store.history("n", "k")).map(({ value }) => value)).toEqual([
          "2",
          undefined,
          "2",
          "1",
        ]);
      },
    );

    test("a transaction's work: nothing is changed, and it is not done again", async () => {
      const store = open({ url: server.url(port()) });
      await store.save("t", "n", "k", "1");
      let times = 0;
      const work = store.transact("t", async (transaction) => {
        times++;
        await transaction.save("n", "k", "2");
        proxy.cut();
        await transaction.save("n", "other", "2");
      });
      const error = await refusal(work);
      expect(error).toMatchObject({ code: "store-unreachable" });
      expect(error.message).toContain("Nothing was changed");
      expect(times).toBe(1);
      expect((await store.save("t", "n", "k", "3")).revision).toBe(2);
    });

    test("a commit: it is found out whether it happened", async () => {
      const store = open({ url: server.url(port()) });
      await store.save("t", "n", "k", "1");
      const change = () =>
        store.transact("t", async (transaction) => {
          await transaction.save("n", "k", "2");
          return "done";
        });
      cutOnce("cut-after", "COMMIT");
      expect(await change()).toBe("done");
      expect(await store.revision()).toBe(2);
      cutOnce("cut-before", "COMMIT");
      expect((await refusal(change())).message).toContain("Nothing was changed");
      expect(await store.revision()).toBe(2);
    });

    test("a snapshot: it ends with an error instead of with less", async () => {
      const store = open({ url: server.url(port()) });
      await store.save("t", "n", "k", "1");
      const reading = store.snapshot(async (snapshot) => {
        proxy.cut();
        for await (const _ of snapshot.entries());
      });
      expect((await refusal(reading)).code).toBe("store-unreachable");
    });

    /** Cuts the connection at the first request that contains `words`. */
    function cutOnce(how: "cut-before" | "cut-after", words: string): () => number {
      let cuts = 0;
      proxy.onRequest = (text) => {
        if (cuts > 0 || !text.includes(words)) return "pass";
        cuts++;
        return how;
      };
      return () => cuts;
    }
  });

  test("a pooler that loses prepared statements: they are given up", async () => {
    const store = open({ url: server.url(port()) });
    await store.save("t", "n", "k", "1");
    expect((await store.entry("n", "k"))?.value).toBe("1");
    // As if the next request came out of another connection to the server.
    let lost = 0;
    proxy.rewrite = (text) =>
      text.replace(/llmspell_\d/, () => {
        lost++;
        return "llmspell_X";
      });
    expect((await store.entry("n", "k"))?.value).toBe("1");
    expect((await store.save("t", "n", "k", "2")).revision).toBe(2);
    expect((await store.history("n", "k")).map(({ value }) => value)).toEqual(["2", "1"]);
    expect(lost).toBe(1);
  });

  test("a statement that failed inside a transaction does not let the rest pass for committed", async () => {
    const store = open();
    await store.save("t", "n", "k", "1");
    const work = store.transact("t", async (transaction) => {
      const entry = {
        namespace: "n",
        key: "k",
        value: "1",
        createdAt: 1,
        updatedAt: 1,
        plain: true,
      };
      await transaction.insertAll([entry]).catch(() => {});
    });
    expect((await refusal(work)).message).toContain("Nothing was changed");
  });

  test("changes are heard at once, after a lost connection too, and without notifications by looking", async () => {
    const postgres = { url: server.url(port()), store: "heard" };
    const listening = open(postgres);
    const writing = open({ store: "heard" });
    await writing.save("t", "n", "k", "0");
    let heard = Promise.withResolvers<void>();
    const stop = listening.listen(() => heard.resolve());
    onTestFinished(stop);
    const next = async (work: () => Promise<unknown>): Promise<void> => {
      await delay(100);
      heard = Promise.withResolvers();
      await work();
      await heard.promise;
    };
    await heard.promise;
    await next(() => writing.save("t", "n", "k", "1"));
    await next(() => writing.save("t", "n", "k", "2"));
    await next(async () => {
      proxy.cut();
      await writing.save("t", "n", "k", "3");
    });
    proxy.dropsNotifications = true;
    proxy.cut();
    await next(() => writing.save("t", "n", "k", "4"));
    await next(() => writing.save("t", "n", "k", "5"));
  });
});
