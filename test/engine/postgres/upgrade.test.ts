import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "../../../server/src/engine/open-store.ts";
import { inspectDatabase } from "../../../server/src/engine/postgres/inspect.ts";
import type { PostgresOptions } from "../../../server/src/engine/postgres/options.ts";
import type { Store } from "../../../server/src/engine/types.ts";
import { postgresPresent, TestPostgres } from "../../support/postgres.ts";
import { optionsIn, temporaryFolder } from "../state-folder.ts";
import { refusal } from "./refusal.ts";

type SchemaSql = typeof import("../../../server/src/engine/postgres/schema-sql.ts");

/** As if the format after the present one were this version's. */
vi.mock(import("../../../server/src/engine/postgres/schema-sql.ts"), async (original) => {
  const { UPGRADES, FORMAT, ...rest } = await original();
  const next = (schema: string) => `ALTER TABLE ${schema}.entries ADD COLUMN upgraded boolean`;
  return { ...rest, FORMAT: FORMAT + 1, UPGRADES: [...UPGRADES, next] } as SchemaSql;
});

describe.runIf(postgresPresent())("tables of an older format", () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await TestPostgres.start();
  });
  afterAll(() => server.stop());

  function open(postgres: PostgresOptions): Store {
    const options = optionsIn(temporaryFolder(), { backend: "postgres" });
    const store = openStore({ ...options, postgres });
    onTestFinished(() => store.close());
    return store;
  }

  /** A store with one entry, as the version before this one left it. */
  async function older(schema: string): Promise<PostgresOptions> {
    const postgres = { ...server.options(), schema };
    await open(postgres).save("t", "n", "k", "1");
    await server.run(
      `UPDATE ${schema}.format SET format = 1; ALTER TABLE ${schema}.entries DROP COLUMN upgraded`,
    );
    return postgres;
  }

  test("are not taken for none: looking says what to do, and changes nothing", async () => {
    const postgres = await older("looked_at");
    const store = open(postgres);
    const looks = [
      () => store.entry("n", "k"),
      () => store.keys("n"),
      () => store.revision(),
      () => store.snapshot(async (snapshot) => snapshot.revision),
    ];
    for (const look of looks) {
      const error = await refusal(look(), server.secrets);
      expect(error).toMatchObject({
        code: "older-format",
        message: expect.stringContaining("schema looked_at of "),
      });
    }
    const format = (await inspectDatabase(postgres)).find(({ name }) => name === "format");
    expect(format).toMatchObject({ ok: false, message: expect.stringContaining("older version") });
    await expect(server.run("SELECT upgraded FROM looked_at.entries")).rejects.toThrow();
  });

  test.each<[string, (store: Store) => Promise<unknown>]>([
    ["save", (store) => store.save("t", "n", "k", "2")],
    ["delete", (store) => store.delete("t", "n", "k")],
    ["transact", (store) => store.transact("t", (open) => open.save("n", "k", "2"))],
  ])("are upgraded by %s, which finds what they hold", async (name, change) => {
    const store = open(await older(`upgraded_by_${name}`));
    await change(store);
    expect((await store.history("n", "k")).at(-1)?.value).toBe("1");
    await server.run(`SELECT upgraded FROM upgraded_by_${name}.entries`);
  });
});
