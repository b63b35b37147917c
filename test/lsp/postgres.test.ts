import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromProblem } from "../../shared/src/errors.ts";
import {
  type ChangedParams,
  namespacesRequest,
  readRequest,
  storesRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import { postgresPresent, TestPostgres } from "../support/postgres.ts";
import type { Session } from "./session.ts";
import { useSessions } from "./start.ts";

const VARIABLE = `\${STATE_DATABASE_URL}`;
const CLI = join(import.meta.dirname, "../../dist/cli.cjs");

describe.runIf(postgresPresent())("a workspace whose state is in a database", () => {
  const start = useSessions();
  let server: TestPostgres;
  /** All that was said by anybody. */
  const heard: string[] = [];

  beforeAll(async () => {
    server = await TestPostgres.start();
    process.env["STATE_DATABASE_URL"] = server.url();
  });
  afterAll(async () => {
    delete process.env["STATE_DATABASE_URL"];
    await server.stop();
    expect(heard.length).toBeGreaterThan(10);
    for (const secret of server.secrets) expect(heard.join("\n")).not.toContain(secret);
  });

  function configured(store: string, more = ""): Record<string, string> {
    return {
      "llmspell.toml": `[state]\nbackend = "postgres"\nstore = "${store}"\nrequest_timeout_ms = 1000\nbackup_enabled = true\n${more}`,
    };
  }

  async function open(store: string, trusted = true): Promise<Session> {
    return await start({
      files: configured(store),
      options: { trusted },
      prepare: (connection) => {
        connection.onUnhandledNotification((message) => heard.push(JSON.stringify(message)));
      },
    });
  }

  /** What the command line says, and how it ends. */
  async function cli(
    session: Session,
    ...args: readonly string[]
  ): Promise<{ code: number; out: string; err: string }> {
    const run = promisify(execFile)(process.execPath, [CLI, ...args], { cwd: session.folder });
    const {
      code = 0,
      stdout,
      stderr,
    } = (await run.catch((error: { code: number; stdout: string; stderr: string }) => error)) as {
      code?: number;
      stdout: string;
      stderr: string;
    };
    heard.push(stdout, stderr);
    return { code, out: stdout, err: stderr };
  }

  test("two editors see each other's changes at once, and the command line's", async () => {
    const [one, other] = [await open("editors"), await open("editors")];
    const [info] = await one.ask(storesRequest, {});
    heard.push(JSON.stringify(info));
    expect(info).toMatchObject({
      ...{ backend: "postgres", shared: true, exists: false },
      path: `127.0.0.1:${server.port}/llmspell, llmspell_state.editors`,
    });
    const store = info?.store ?? "";
    const theirs = await other.store();
    expect(await other.ask(namespacesRequest, { store: theirs })).toEqual([]);
    const told = other.notification("llmspellState/changed", (params: ChangedParams) => params);
    const started = performance.now();
    await one.ask(writeRequest, {
      ...{ store, namespace: "user:1", key: "theme", value: '"dark"' },
    });
    heard.push(JSON.stringify(await told));
    console.log(`seen by the other server after ${Math.round(performance.now() - started)} ms`);
    expect(await other.ask(namespacesRequest, { store: theirs })).toMatchObject([
      { namespace: "user:1", keys: 1 },
    ]);
    expect(await other.hover("a.lua", 'local x = State.load("user:1", "the‸me")')).toContain(
      "dark",
    );
    const list = await other.completion("b.lua", 'State.load("user:1", "‸")');
    expect(list.items.map(({ label }) => label)).toContain("theme");

    const again = other.notification("llmspellState/changed", (params: ChangedParams) => params);
    expect((await cli(one, "set", "user:1", "theme", '"light"')).code).toBe(0);
    await again;
    const read = await other.ask(readRequest, { store: theirs, namespace: "user:1", key: "theme" });
    expect(read?.value).toBe('"light"');
  });

  test("a server that goes away is told, and the state is there again when it is back", async () => {
    const session = await open("lost");
    const store = await session.store();
    await session.ask(writeRequest, { ...{ store, namespace: "n", key: "k", value: "1" } });
    await session.eventuallyAsk(
      () => session.ask(namespacesRequest, { store }),
      (namespaces) => namespaces.length === 1,
    );
    const lost = session.notification("llmspellState/changed", (params: ChangedParams) => params);
    await server.kill();
    heard.push(JSON.stringify(await lost));
    const problem = await session.ask(namespacesRequest, { store }).then(
      () => undefined,
      (error: { data: Parameters<typeof fromProblem>[0] }) => fromProblem(error.data),
    );
    heard.push(JSON.stringify(problem), problem?.message ?? "");
    expect(problem).toMatchObject({ code: "store-unreachable" });
    const back = session.notification("llmspellState/changed", (params: ChangedParams) => params);
    await server.boot();
    await back;
    await session.eventuallyAsk(
      () => session.ask(namespacesRequest, { store }).catch(() => []),
      (namespaces) => namespaces.length === 1,
    );
    await session.ask(writeRequest, { ...{ store, namespace: "n", key: "other", value: "2" } });
  });

  test("a slow server: what the editor asks is cancelled there and says so, and works when it is fast", async () => {
    const session = await open("slow");
    const store = await session.store();
    await session.ask(writeRequest, { ...{ store, namespace: "n", key: "k", value: "1" } });
    const { newClient } = await import("../../server/src/engine/postgres/driver.ts");
    const blocker = newClient({ connectionString: server.url() });
    await blocker.connect();
    await blocker.query("BEGIN; LOCK TABLE llmspell_state.entries IN ACCESS EXCLUSIVE MODE");
    const slow = (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        () => "it was answered",
        (error: { data: Parameters<typeof fromProblem>[0] }) => {
          const { code, message } = fromProblem(error.data);
          heard.push(message);
          expect(message).toContain("did not answer within 1000 ms, so the call was cancelled");
          return code;
        },
      );
    const question = { store, namespace: "n", key: "k" };
    expect(await slow(session.ask(readRequest, question))).toBe("store-slow");
    expect(await slow(session.ask(writeRequest, { ...question, value: "2" }))).toBe("store-slow");
    // Nothing that was asked is left in the server.
    const left = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    expect(await server.run(left)).toEqual([]);
    await blocker.end();
    await session.eventuallyAsk(
      () => session.ask(readRequest, question).catch(() => undefined),
      (entry) => entry?.value === "1",
    );
  });

  test("an untrusted workspace connects to nothing", async () => {
    const session = await open("untrusted", false);
    const [info] = await session.ask(storesRequest, {});
    heard.push(JSON.stringify(info));
    expect(info?.problem).toMatchObject({ code: "config-value" });
    expect(info?.problem?.message).toContain("not trusted");
  });

  test("the command line copies, runs, looks and says what is wrong, without the secret", async () => {
    const session = await open("commands");
    const there = ["--store", "copied", "--json"];
    await cli(session, "set", "n", "k", "[1, 2.0]");
    const refused = await cli(session, "copy", "--to", VARIABLE, "--store", "commands");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("holds 1 keys already");
    const copied = await cli(session, "copy", "--to", VARIABLE, ...there);
    expect(JSON.parse(copied.out)).toMatchObject({ entries: 1, namespaces: 1, verified: true });
    const doctor = await cli(session, "doctor", "--json");
    const { ok, checks } = JSON.parse(doctor.out) as { ok: boolean; checks: { name: string }[] };
    expect(ok).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["configuration", "server", "format", "integrity", "backups"]),
    );
    expect((await cli(session, "get", "n", "k", "--json")).out).toContain("[1,2.0]");
    process.env["STATE_DATABASE_URL"] = server.url({ password: "not/it" });
    const denied = await cli(session, "ls");
    process.env["STATE_DATABASE_URL"] = server.url();
    expect(denied.code).toBe(1);
    expect(denied.err).toContain("refused the user llmspell: wrong password");
    expect(denied.err).not.toMatch(/not(\/|%2F)it/);
  });
});
