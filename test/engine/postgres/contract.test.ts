import { afterAll, beforeAll, describe } from "vitest";
import type { PostgresOptions } from "../../../server/src/engine/postgres/options.ts";
import type { Store } from "../../../server/src/engine/types.ts";
import { PgBouncer, pgbouncerPresent } from "../../support/pgbouncer.ts";
import { postgresPresent, TestPostgres } from "../../support/postgres.ts";
import { storeContract } from "../contract.ts";

describe.runIf(postgresPresent())("against a real PostgreSQL", () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await TestPostgres.start();
  });
  afterAll(() => server.stop());

  let last: PostgresOptions;
  const options = () => {
    last = server.options();
    return { postgres: last };
  };

  /** Most of the log is made by hand: thousands of round trips would prove no more. */
  async function saveMany(store: Store, namespace: string): Promise<number> {
    const [byHand, many] = [10_040, 10_100];
    const save = (n: number) => store.save("t", namespace, `k${n % 10}`, "1");
    for (let n = 0; n < 10; n++) await save(n);
    await server.run(`UPDATE llmspell_state.stores SET revision = ${byHand} WHERE store = '${last.store}';
      INSERT INTO llmspell_state.changes (store, revision, at, deleted, namespace, key, origin)
        SELECT '${last.store}', n, 0, false, '${namespace}', 'k' || n % 10, 't'
        FROM generate_series(11, ${byHand}) AS n`);
    for (let n = byHand; n < many; n++) await save(n);
    return many;
  }

  storeContract("postgres", options, saveMany);

  const LONG = process.env["LLMSPELL_LONG"] !== undefined;
  describe.runIf(LONG && pgbouncerPresent())("behind PgBouncer in transaction mode", () => {
    let pooler: PgBouncer;
    beforeAll(async () => {
      pooler = await PgBouncer.start(server, ["default_pool_size = 3", "max_client_conn = 100"]);
    });
    afterAll(() => pooler.stop());

    const pooled = () => {
      last = server.options({ url: server.url({ port: pooler.port }) });
      return { postgres: last };
    };
    storeContract("postgres", pooled, saveMany);
  });
});
