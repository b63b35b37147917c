import { afterAll, beforeAll, describe } from "vitest";
import type { PostgresOptions } from "../../../server/src/engine/postgres/options.ts";
import type { Store } from "../../../server/src/engine/types.ts";
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

  /** In the database itself: thousands of round trips would prove no more. */
  async function saveMany(store: Store, namespace: string): Promise<number> {
    const many = 10_100;
    await store.transact("t", async (transaction) => transaction.setSchemaVersion("1.0.0"));
    await server.run(`DO $$ BEGIN FOR n IN 0..${many - 1} LOOP
      PERFORM llmspell_state.save('${last.store}', '1.0.0', 0, NULL, NULL, 't', '${namespace}', 'k' || n % 10,
        '1', 'integer', true, 0, NULL, NULL, NULL, NULL);
    END LOOP; END $$`);
    return many;
  }

  storeContract("postgres", options, saveMany);
});
