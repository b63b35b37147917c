import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readRequest, restoreBackupRequest, storesRequest } from "../../shared/src/protocol.ts";
import { cli } from "./cli.ts";
import { useSessions } from "./start.ts";

const start = useSessions();

it("a damaged state names its newest backup, which is restored in its place", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmspell-state-lsp-")));
  cli(folder, "set", "user", "name", '"Ada"');
  const { id } = JSON.parse(cli(folder, "--json", "backup", "create"));
  const garbage = "no database any more ".repeat(500);
  writeFileSync(join(folder, "state/state.db"), garbage);
  const session = await start({ folder });
  const [info] = await session.ask(storesRequest, {});
  expect(info?.problem).toMatchObject({ code: "corrupt-store", data: { backup: id } });
  const store = await session.store();
  const { setAside = "", ...outcome } = await session.ask(restoreBackupRequest, {
    store,
    id,
    setAside: true,
  });
  expect(outcome).toEqual({ entriesRestored: 1, changed: 1, safetyBackupId: null });
  expect(readFileSync(setAside, "utf8")).toBe(garbage);
  const name = { store, namespace: "user", key: "name" };
  expect((await session.ask(readRequest, name))?.value).toBe('"Ada"');
  expect((await session.ask(storesRequest, {}))[0]?.problem).toBeUndefined();
});
