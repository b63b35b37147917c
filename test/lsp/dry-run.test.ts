import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Problem } from "../../shared/src/errors.ts";
import {
  applyRunRequest,
  discardRunRequest,
  readRequest,
  runChangeRequest,
  runScriptRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import { Session } from "./session.ts";

let session: Session;
afterEach(() => session.stop());

const SCRIPT = `State.save("user", "name", (State.load("user", "name") or "nobody") .. "!")
State.save("user", "age", 3)
State.delete("user", "old")
print(State.load("user", "age"), State.load("user", "old"), #State.list_keys("user"))
local backup, restored = State.create_backup(), State.restore_backup("x")
print(backup.success, backup.error)
print(restored.success, State.migrate("2.0.0").success)`;

async function start(): Promise<string> {
  session = await Session.start({ files: { "a.lua": SCRIPT } });
  return await session.store();
}

const dryRun = (runId: string) =>
  session.ask(runScriptRequest, { uri: session.uri("a.lua"), runId, dryRun: true });
const write = (store: string, key: string, value: string) =>
  session.ask(writeRequest, { store, namespace: "user", key, value });
const value = async (store: string, key: string) =>
  (await session.ask(readRequest, { store, namespace: "user", key }))?.value;
const refusal = async (asked: Promise<unknown>): Promise<Problem> =>
  asked.then(
    () => Promise.reject(new Error("It was not refused.")),
    (error: { data: Problem }) => error.data,
  );

it("a dry run shows its changes and makes none; applying makes them", async () => {
  const store = await start();
  await write(store, "name", '"Ada"');
  await write(store, "old", "1");
  let printed = "";
  session.on("llmspellState/scriptOutput", ({ text }: { text: string }) => {
    printed += text;
  });
  const result = await dryRun("1");
  expect(result).toMatchObject({ ok: true, writes: 3 });
  expect(result.changes).toEqual([
    { op: "save", namespace: "user", key: "name", before: '"Ada"', after: '"Ada!"' },
    { op: "save", namespace: "user", key: "age", after: "3" },
    { op: "delete", namespace: "user", key: "old", before: "1" },
  ]);
  const change = await session.ask(runChangeRequest, {
    runId: "1",
    namespace: "user",
    key: "name",
  });
  expect(change).toEqual({ before: '"Ada"', after: '"Ada!"' });
  const other = { runId: "1", namespace: "user", key: "other" };
  expect(await session.ask(runChangeRequest, other)).toBeNull();
  expect(printed).toMatch(/^3\tnil\t2\nfalse\t.*dry run.*\nfalse\tfalse\n$/);
  expect(await value(store, "name")).toBe('"Ada"');
  expect(await value(store, "age")).toBeUndefined();

  expect(await session.ask(applyRunRequest, { runId: "1" })).toEqual({ applied: 3 });
  expect(await value(store, "name")).toBe('"Ada!"');
  expect(await value(store, "age")).toBe("3");
  expect(await value(store, "old")).toBeUndefined();
  const read = await session.ask(readRequest, { store, namespace: "user", key: "age" });
  expect(read?.origin).toBe("script:a.lua");
  expect(await refusal(session.ask(applyRunRequest, { runId: "1" }))).toHaveProperty(
    "code",
    "unknown-run",
  );
});

it("where nothing is stored a dry run makes no file", async () => {
  await start();
  expect((await dryRun("1")).changes).toHaveLength(2);
  expect(existsSync(join(session.folder, "state"))).toBe(false);
  expect(await session.ask(applyRunRequest, { runId: "1" })).toEqual({ applied: 2 });
  expect(await value(await session.store(), "name")).toBe('"nobody!"');
});

it("applying is refused with the difference when the state has moved on", async () => {
  const store = await start();
  await write(store, "name", '"Ada"');
  await dryRun("1");
  await write(store, "name", '"Grace"');
  const problem = await refusal(session.ask(applyRunRequest, { runId: "1" }));
  expect(problem).toMatchObject({
    code: "state-moved-on",
    data: {
      total: 1,
      changes: [{ op: "save", namespace: "user", key: "name", after: '"Grace"' }],
    },
  });
  expect(await value(store, "name")).toBe('"Grace"');
  expect(await value(store, "age")).toBeUndefined();
});

it("a dry run that was discarded, or done again, cannot be applied", async () => {
  await start();
  await dryRun("1");
  await session.ask(discardRunRequest, { runId: "1" });
  await session.ask(discardRunRequest, { runId: "unknown" });
  expect((await refusal(session.ask(applyRunRequest, { runId: "1" }))).code).toBe("unknown-run");
  await dryRun("2");
  await dryRun("3");
  expect((await refusal(session.ask(applyRunRequest, { runId: "2" }))).code).toBe("unknown-run");
  expect(await session.ask(applyRunRequest, { runId: "3" })).toEqual({ applied: 2 });
});
