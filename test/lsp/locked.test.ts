import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readRequest, writeRequest } from "../../shared/src/protocol.ts";
import { cli } from "./cli.ts";
import { useSessions } from "./start.ts";

const start = useSessions();

/** How many writes meet the lock; each waits five seconds for it. */
const WRITES = process.env["LLMSPELL_LONG"] === undefined ? 1 : 12;

it("while another process holds the lock hovers are answered, a write is refused in time, and then work goes on", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmspell-state-lsp-")));
  cli(folder, "set", "user", "name", '"Ada"');
  const session = await start({ folder });
  const store = await session.store();
  const holder = fork(join(import.meta.dirname, "../engine/lock.process.ts"), [
    join(folder, "state/state.db"),
  ]);
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder, "message");
  const name = { store, namespace: "user", key: "name" };
  const write = () => session.ask(writeRequest, { ...name, value: '"Grace"' });

  for (let turn = 0; turn < WRITES; turn++) {
    let settled = false;
    const refused = write().then(
      () => undefined,
      (error: { data?: unknown }) => error.data,
    );
    void refused.finally(() => {
      settled = true;
    });
    for (let n = 0; n < 20; n++) {
      expect(await session.hover("a.lua", 'State.load("user", "na‸me")')).toContain("Ada");
    }
    expect(settled).toBe(false);
    expect(await refused).toMatchObject({ code: "store-locked" });
  }

  holder.kill("SIGKILL");
  await once(holder, "exit");
  await write();
  expect((await session.ask(readRequest, name))?.value).toBe('"Grace"');
}, 90_000);
