import { afterEach, expect, it } from "vitest";
import {
  migrateRequest,
  planMigrationRequest,
  readRequest,
  runScriptRequest,
  storesRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import { Session } from "./session.ts";

let session: Session;
afterEach(() => session.stop());

const MIGRATION = `return function(entry)
  entry.value = entry.value .. "!"
  return entry
end`;

async function start(files: Readonly<Record<string, string>>): Promise<string> {
  session = await Session.start({ files });
  const [info] = await session.ask(storesRequest, undefined);
  const store = info?.store ?? "";
  await session.ask(writeRequest, { store, namespace: "user", key: "name", value: '"Ada"' });
  return store;
}

const value = async (store: string) =>
  (await session.ask(readRequest, { store, namespace: "user", key: "name" }))?.value;

it("plans and applies migrations in Lua", async () => {
  const store = await start({ "migrations/1.0.0__2.0.0.lua": MIGRATION });
  expect(await session.ask(planMigrationRequest, { store, version: "2.0.0" })).toMatchObject({
    itemsMigrated: 1,
    migrations: [
      {
        file: "1.0.0__2.0.0.lua",
        changed: 1,
        samples: [
          {
            before: { namespace: "user", key: "name", value: '"Ada"' },
            after: { namespace: "user", key: "name", value: '"Ada!"' },
          },
        ],
      },
    ],
    changes: [{ before: '"Ada"', after: '"Ada!"' }],
  });
  expect(await value(store)).toBe('"Ada"');
  expect(await session.ask(migrateRequest, { store, version: "2.0.0" })).toMatchObject({
    to: "2.0.0",
    itemsMigrated: 1,
  });
  expect(await value(store)).toBe('"Ada!"');
});

it("leaves the state as it was when a migration in Lua fails", async () => {
  const store = await start({
    "migrations/1.0.0__2.0.0.lua": "return function(e)\n error('no') end",
  });
  await expect(session.ask(migrateRequest, { store, version: "2.0.0" })).rejects.toThrow(
    /1\.0\.0__2\.0\.0\.lua:2: no/,
  );
  expect(await value(store)).toBe('"Ada"');
});

it("lets a script migrate", async () => {
  const store = await start({
    "migrations/1.0.0__2.0.0.lua": MIGRATION,
    "up.lua": 'local r = State.migrate("2.0.0") assert(r.success, r.error)',
  });
  const result = await session.ask(runScriptRequest, { uri: session.uri("up.lua"), runId: "1" });
  expect(result.error).toBeUndefined();
  expect(await value(store)).toBe('"Ada!"');
});
