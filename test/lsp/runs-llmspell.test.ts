import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  cancelScriptRequest,
  runScriptRequest,
  type ScriptOutput,
  scriptOutputNotification,
} from "../../shared/src/protocol.ts";
import { fakeLlmspell } from "../runner/fake-llmspell.ts";
import { Session, type SessionOptions } from "./session.ts";

let session: Session;
const programs: { remove(): void }[] = [];
afterEach(async () => {
  await session.stop();
  for (const program of programs.splice(0)) program.remove();
});

/** A server that knows a program in the place of llmspell, which runs `body` as a shell script. */
async function start(body: string, more: SessionOptions = {}): Promise<void> {
  const program = fakeLlmspell(body);
  programs.push(program);
  session = await Session.start({
    files: { "agent.lua": 'local a = Agent.create({name = "x"})' },
    ...more,
    options: { ...more.options, llmspellPath: program.path },
  });
}

const run = (more: object = {}) =>
  session.ask(runScriptRequest, { uri: session.uri("agent.lua"), runId: "1", ...more });

/** A process that has ended may still be listed until its parent asks for it. */
function isRunning(id: number): boolean {
  const listed = spawnSync("ps", ["-o", "stat=", "-p", String(id)], { encoding: "utf8" }).stdout;
  return listed !== "" && !listed.startsWith("Z");
}

describe("a script that needs Agent", () => {
  it("is said to run with llmspell, where there is one", async () => {
    await start("exit 0");
    expect((await run()).error).toMatchObject({
      code: "script-error",
      missingGlobal: "Agent",
      llmspellFound: true,
    });
  });

  it("runs with it: arguments, folder and output of both kinds", async () => {
    await start('echo "$@"; pwd; echo oops >&2');
    const heard: string[] = [];
    session.on(scriptOutputNotification.method, ({ text }: ScriptOutput) => heard.push(text));
    const result = await run({ withLlmspell: true, args: ["a b", "$HOME", "; echo no"] });
    expect(result).toMatchObject({ ok: true, changes: [], reads: 0, writes: 0 });
    const file = join(session.folder, "agent.lua");
    const output = heard.join("");
    expect(output).toContain(`run ${file} -- a b $HOME ; echo no\n${session.folder}\n`);
    expect(output).toContain("oops\n");
  });

  it("runs with it: what its run without it left in the editor goes", async () => {
    await start("exit 0");
    await session.open("agent.lua", 'local a = Agent.create({name = "x"})');
    const failed = (all: readonly { readonly code?: unknown }[]) =>
      all.some(({ code }) => code === "script-error");
    await run();
    await session.diagnostics("agent.lua", failed);
    await run({ withLlmspell: true });
    await session.diagnostics("agent.lua", (all) => !failed(all));
  });

  it("fails with its exit code", async () => {
    await start("exit 3");
    expect(await run({ withLlmspell: true })).toMatchObject({
      ok: false,
      error: { code: "llmspell-failed", message: "llmspell ended with exit code 3." },
    });
  });

  it("is ended by cancelling, with what it has started", async () => {
    await start("sleep 600 & echo $!; wait");
    const child = new Promise<number>((resolve) =>
      session.on(scriptOutputNotification.method, ({ text }: ScriptOutput) =>
        resolve(Number(text)),
      ),
    );
    const running = run({ withLlmspell: true });
    const id = await child;
    await session.ask(cancelScriptRequest, { runId: "1" });
    expect((await running).error?.code).toBe("script-cancelled");
    expect(isRunning(id)).toBe(false);
  });

  it("is ended by its time and output limits", async () => {
    await start("trap '' TERM; while :; do :; done");
    expect((await run({ withLlmspell: true, timeout: 100 })).error).toMatchObject({
      code: "script-timeout",
    });
    await session.stop();
    await start("yes");
    expect((await run({ withLlmspell: true })).error).toMatchObject({ code: "script-output" });
  });

  it("does not run with it dry, nor a selection of it, nor untrusted", async () => {
    await start("exit 0");
    const refused = { data: { code: "unsupported" } };
    await expect(run({ withLlmspell: true, dryRun: true })).rejects.toMatchObject(refused);
    await expect(run({ withLlmspell: true, source: "x" })).rejects.toMatchObject(refused);
    await session.stop();
    await start("exit 0", { options: { trusted: false } });
    await expect(run({ withLlmspell: true })).rejects.toMatchObject({
      data: { code: "untrusted-workspace" },
    });
  });

  it("says how to name the program where there is none", async () => {
    session = await Session.start({
      files: { "agent.lua": "Agent()" },
      options: { llmspellPath: "/none/llmspell" },
    });
    expect((await run()).error).toMatchObject({ missingGlobal: "Agent", llmspellFound: false });
    await expect(run({ withLlmspell: true })).rejects.toMatchObject({
      data: { code: "no-llmspell", next: expect.stringContaining("llmspellState.llmspellPath") },
    });
  });
});

describe("the settings of the runner", () => {
  it("choose the Lua and the variables, and are followed", async () => {
    process.env["LLMSPELL_TEST_SECRET"] = "secret";
    process.env["LLMSPELL_TEST_MODE"] = "test";
    const source =
      'print(_VERSION, os.getenv("LLMSPELL_TEST_MODE"), os.getenv("LLMSPELL_TEST_SECRET"))';
    session = await Session.start({ files: { "agent.lua": source } });
    const heard: string[] = [];
    session.on(scriptOutputNotification.method, ({ text }: ScriptOutput) => heard.push(text));
    await run();
    session.connection.sendNotification("workspace/didChangeConfiguration", {
      settings: {
        llmspellState: { runner: { runtime: "fengari", env: ["LLMSPELL_TEST_MODE", "__proto__"] } },
      },
    });
    await run();
    expect(heard.join("")).toBe("Lua 5.4\tnil\tnil\nLua 5.3\ttest\tnil\n");
  });
});
