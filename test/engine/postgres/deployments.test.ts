import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../../server/src/engine/open-store.ts";
import { newClient } from "../../../server/src/engine/postgres/driver.ts";
import { inspectDatabase } from "../../../server/src/engine/postgres/inspect.ts";
import type { PostgresOptions } from "../../../server/src/engine/postgres/options.ts";
import { PostgresStore } from "../../../server/src/engine/postgres/store.ts";
import { selfSigned } from "../../support/certificates.ts";
import { PgBouncer, pgbouncerPresent } from "../../support/pgbouncer.ts";
import { postgresPresent, TestPostgres } from "../../support/postgres.ts";
import { optionsIn, temporaryFolder } from "../state-folder.ts";
import { refusal as refusalOf } from "./refusal.ts";

/** Without notifications a store is looked at once a second. */
const WHILE_LOOKING = { timeout: 20_000 };

describe.runIf(postgresPresent())("a database as those who run one have it", () => {
  let server: TestPostgres;

  beforeAll(async () => {
    server = await TestPostgres.start();
  });
  afterAll(() => server.stop());

  function open(postgres: PostgresOptions): PostgresStore {
    const options = optionsIn(temporaryFolder(), { backend: "postgres" });
    const store = openStore({ ...options, postgres });
    onTestFinished(() => store.close());
    if (!(store instanceof PostgresStore)) throw new Error("not a database");
    return store;
  }

  const refusal = (call: Promise<unknown>) => refusalOf(call, server.secrets);

  /** Everything that a store does, once. */
  async function works(store: PostgresStore): Promise<void> {
    const { revision } = await store.save("t", "n", "k", "1");
    expect((await store.entry("n", "k"))?.value).toBe("1");
    await store.save("t", "n", "k", "2", { ifRevision: revision });
    expect((await store.undo("t", "n", "k")).after).toBe("1");
    await store.transact("t", async (transaction) => {
      for (let n = 0; n < 10; n++) await transaction.save("n", `k${n}`, "3");
    });
    await store.delete("t", "n", "k0");
    expect(await store.keys("n")).toHaveLength(10);
    expect((await store.history("n", "k")).map(({ value }) => value)).toEqual(["1", "2", "1"]);
    const seen = await store.snapshot(async (snapshot) => {
      const keys: string[] = [];
      for await (const batch of snapshot.entries()) keys.push(...batch.map(({ key }) => key));
      return keys;
    });
    expect(seen).toHaveLength(10);
  }

  /** Waits until what `make` does is heard. */
  async function hears(store: PostgresStore, make: () => Promise<unknown>): Promise<void> {
    let heard = Promise.withResolvers<void>();
    const stop = store.listen(() => heard.resolve());
    onTestFinished(stop);
    // It has begun to listen, and has looked at what there is.
    await heard.promise;
    await delay(300);
    heard = Promise.withResolvers();
    await make();
    await heard.promise;
  }

  test("what docs/postgres.md says to type sets up a database for owner, writers and readers", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/postgres.md"), "utf8");
    const [roles = [], grants = [], watching = [], removal = []] = [
      ...page.matchAll(/```sql\n(.*?)```/gs),
    ].map(([, sql = ""]) => sql.split(/;\n/).filter((statement) => statement.trim() !== ""));
    const url = (user: string, number: number) =>
      server.url({ user, password: `change-me-${number}`, database: "team" });
    const owners = url("state_owner", 1);
    const asOwner = async (statements: readonly string[]): Promise<unknown[]> => {
      const client = newClient({ connectionString: owners, application_name: "llmspell-state" });
      await client.connect();
      const answers: unknown[] = [];
      for (const statement of statements) answers.push(...(await client.query(statement)).rows);
      await client.end();
      return answers;
    };
    const store = (url: string, name: string) =>
      open({ ...server.options({ url, store: name }), schema: "llmspell_state" });

    for (const statement of roles) await server.run(statement, "postgres");
    await store(owners, "old").save("owner", "n", "k", "1");
    await asOwner(grants);
    await works(store(url("ada", 2), "default"));
    const looking = store(url("dashboard", 3), "default");
    expect(await looking.keys("n")).toHaveLength(10);
    expect((await refusal(looking.delete("t", "n", "k"))).code).toBe("store-no-rights");
    const told = await asOwner(watching);
    for (const part of [
      { store: "old", revision: 1 },
      { usename: "ada" },
      { relname: "entries" },
    ]) {
      expect(told).toContainEqual(expect.objectContaining(part));
    }
    await asOwner(removal);
    expect(await store(owners, "old").revision()).toBe(0);
    expect(await looking.keys("n")).toHaveLength(10);
    const checks = await inspectDatabase(server.options({ url: owners, store: "default" }));
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  describe.runIf(pgbouncerPresent())("behind PgBouncer in transaction mode", () => {
    let pooler: PgBouncer;
    beforeAll(async () => {
      pooler = await PgBouncer.start(server, ["default_pool_size = 3", "max_client_conn = 50"]);
    });
    afterAll(() => pooler.stop());

    const behind = (more: Partial<PostgresOptions> = {}): PostgresOptions =>
      server.options({ url: server.url({ port: pooler.port }), ...more });

    test("everything works, also where several clients take turns on fewer connections", async () => {
      await works(open(behind()));
      const shared = behind({ store: "pooled" });
      const stores = Array.from({ length: 6 }, () => open(shared));
      await Promise.all(
        stores.map(async (store, index) => {
          for (let n = 0; n < 10; n++) {
            await store.save("t", "n", `${index}:${n}`, "1");
            expect((await store.entry("n", `${index}:${n}`))?.value).toBe("1");
          }
        }),
      );
      expect(await stores[0]?.revision()).toBe(60);
    });

    test("a transaction may be the first that a client asks for", async () => {
      const transacted = behind({ store: "transacted" });
      for (let n = 0; n < 4; n++) {
        const store = open(transacted);
        await store.transact("t", async (transaction) => {
          await transaction.save("n", `a${n}`, "1");
          await transaction.save("n", `b${n}`, "1");
        });
        await store.save("t", "n", `c${n}`, "1");
      }
      expect(await open(transacted).keys("n")).toHaveLength(12);
    });

    test("changes are found by looking, or heard at `listen_url`", WHILE_LOOKING, async () => {
      const postgres = behind({ store: "followed" });
      const writing = open(postgres);
      await writing.save("t", "n", "k", "0");
      const looking = open(postgres);
      // Longer than it takes to find out whether notifications arrive.
      await hears(looking, () => delay(2500).then(() => writing.save("t", "n", "k", "1")));
      await hears(open({ ...postgres, listenUrl: server.url() }), () =>
        writing.save("t", "n", "k", "2"),
      );
    });

    test("a call that takes too long is cancelled in the server behind it", async () => {
      const postgres = behind({ schema: "slow_pooled", requestTimeoutMs: 200 });
      const store = open(postgres);
      await store.save("t", "n", "k", "1");
      const blocker = newClient({ connectionString: server.url() });
      onTestFinished(() => blocker.end());
      await blocker.connect();
      await blocker.query("BEGIN; LOCK TABLE slow_pooled.entries IN ACCESS EXCLUSIVE MODE");
      expect((await refusal(store.entry("n", "k"))).code).toBe("store-slow");
      await blocker.query("ROLLBACK");
      expect((await store.entry("n", "k"))?.value).toBe("1");
    });

    test("a pooler that goes away and comes back", async () => {
      const port = pooler.port;
      const store = open(behind({ requestTimeoutMs: 10_000 }));
      await store.save("t", "n", "k", "1");
      await pooler.stop();
      const saving = store.save("t", "n", "k", "2");
      pooler = await PgBouncer.start(server, ["default_pool_size = 3"], port);
      expect((await saving).revision).toBe(2);
    });
  });

  describe("over TLS", () => {
    const own = selfSigned("IP:127.0.0.1");
    const others = selfSigned("IP:127.0.0.1");

    function authority(certificate: string): string {
      const file = join(temporaryFolder(), "ca.pem");
      writeFileSync(file, certificate);
      return file;
    }
    const over = (query: string, more: Partial<PostgresOptions> = {}): PostgresOptions =>
      server.options({ url: server.url({ query: `?${query}` }), ...more });

    beforeAll(() => server.offerTls(own));

    test.each(["verify-full", "require"])("sslmode=%s with the authority's file", async (mode) => {
      const warned: Error[] = [];
      const note = (warning: Error) => warned.push(warning);
      process.on("warning", note);
      onTestFinished(() => void process.off("warning", note));
      const postgres = over(`sslmode=${mode}&sslrootcert=${authority(own.certificate)}`);
      const store = open(postgres);
      await works(store);
      await hears(store, () => open(postgres).save("t", "n", "k", "9"));
      const [reached] = await inspectDatabase(postgres);
      expect(reached?.message).toContain("over TLS");
      expect(warned).toEqual([]);
    });

    test("a call that takes too long is cancelled all the same", async () => {
      const query = `sslmode=verify-full&sslrootcert=${authority(own.certificate)}`;
      const store = open(over(query, { schema: "slow_tls", requestTimeoutMs: 200 }));
      await store.save("t", "n", "k", "1");
      const blocker = newClient({ connectionString: server.url() });
      onTestFinished(() => blocker.end());
      await blocker.connect();
      await blocker.query("BEGIN; LOCK TABLE slow_tls.entries IN ACCESS EXCLUSIVE MODE");
      expect((await refusal(store.entry("n", "k"))).code).toBe("store-slow");
    });

    test("a certificate of somebody else, of another name, and of nobody who is known", async () => {
      const refused = async (postgres: PostgresOptions): Promise<string> => {
        const error = await refusal(open(postgres).revision());
        expect(error.code).toBe("store-tls-untrusted");
        return error.message;
      };
      const query = (certificate: string) =>
        `sslmode=verify-full&sslrootcert=${authority(certificate)}`;
      await refused(over(query(others.certificate)));
      for (const mode of ["verify-full", "require"]) await refused(over(`sslmode=${mode}`));
      const { url } = over(query(own.certificate));
      const elsewhere = server.options({ url: url.replace("127.0.0.1", "localhost") });
      expect(await refused(elsewhere)).toContain("localhost");
    });

    test("encrypted and not verified, where the URL says so", async () => {
      for (const query of ["sslmode=no-verify", "uselibpqcompat=true&sslmode=require"]) {
        const [reached] = await inspectDatabase(over(query));
        expect(reached).toMatchObject({ ok: true });
        expect(reached?.message).toContain("over TLS");
      }
    });

    test("a file that is not there or holds no certificate, and one that is missing in the URL", async () => {
      const missing = join(temporaryFolder(), "missing.pem");
      const error = await refusal(
        open(over(`sslmode=verify-full&sslrootcert=${missing}`)).revision(),
      );
      expect(error.code).toBe("unreadable-certificate");
      expect(error.message).toContain(missing);
      const codeOf = async (query: string) => (await refusal(open(over(query)).revision())).code;
      const [file, sound] = [authority("nonsense"), authority(own.certificate)];
      expect(await codeOf(`sslmode=verify-full&sslrootcert=${file}`)).toBe("store-tls-untrusted");
      expect(
        await codeOf(`sslmode=verify-full&sslrootcert=${sound}&sslcert=${file}&sslkey=${file}`),
      ).toBe("unreadable-certificate");
      expect(await codeOf("uselibpqcompat=true&sslmode=verify-ca")).toBe("invalid-database-url");
    });
  });

  describe("a server that only reads", () => {
    test(
      "a standby is read from and followed; who writes is told to name the primary",
      WHILE_LOOKING,
      async () => {
        const postgres = server.options({ store: "followed by a standby" });
        const writing = open(postgres);
        await writing.save("t", "n", "k", "1");
        const standby = await server.standby();
        onTestFinished(() => standby.stop());
        const there = { ...postgres, url: standby.url() };
        const reading = open(there);
        expect((await reading.entry("n", "k"))?.value).toBe("1");
        expect(await reading.snapshot(async ({ revision }) => revision)).toBe(1);
        const fresh = { ...there, schema: "not_there_yet" };
        for (const change of [
          () => reading.save("t", "n", "k", "2"),
          () => reading.delete("t", "n", "k"),
          () => reading.transact("t", async (transaction) => transaction.save("n", "k", "2")),
          () => open(fresh).save("t", "n", "k", "2"),
        ]) {
          const error = await refusal(change());
          expect(error.code).toBe("store-not-writable");
          expect(error.message).toContain(`127.0.0.1:${standby.port}/llmspell is read only`);
        }
        await hears(reading, () => writing.save("t", "n", "k", "2"));
        expect((await reading.entry("n", "k"))?.value).toBe("2");
        const [reached] = await inspectDatabase(there);
        expect(reached?.message).toContain("a standby");
      },
    );

    test("transactions that are read only unless they say otherwise", async () => {
      const schema = "read_mostly";
      await open(server.options({ schema, store: "s" })).save("t", "n", "k", "1");
      await server.run("CREATE ROLE looker LOGIN SUPERUSER PASSWORD 'looking'");
      await server.run("ALTER ROLE looker SET default_transaction_read_only = on");
      const url = server.url({ user: "looker", password: "looking" });
      const store = open(server.options({ url, schema, store: "s" }));
      expect((await store.entry("n", "k"))?.value).toBe("1");
      expect((await refusal(store.save("t", "n", "k", "2"))).code).toBe("store-not-writable");
    });
  });
});
