import { afterAll, beforeAll, describe } from "vitest";
import { postgresPresent, TestPostgres } from "../../support/postgres.ts";
import { storeContract } from "../contract.ts";

describe.runIf(postgresPresent())("against a real PostgreSQL", () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await TestPostgres.start();
  });
  afterAll(() => server.stop());

  storeContract("postgres", () => ({ postgres: server.options() }));
});
