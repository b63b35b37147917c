import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { cancelScriptRequest, runScriptRequest } from "../../shared/src/protocol.ts";
import { RUNAWAYS } from "../runner/runaways.ts";
import { Session } from "./session.ts";

let session: Session;
afterEach(() => session.stop());

const KINDS = ["a loop of pcall", "a catastrophic pattern", "a loop of State calls"];

describe("while a script runs away", () => {
  it("hovers are answered, and others are run", async () => {
    const text = 'State.save("user", "name", "Ada")';
    const runaways = KINDS.map((kind, i) => [`${i}.lua`, RUNAWAYS[kind] ?? ""]);
    session = await Session.start({ files: { "a.lua": text, ...Object.fromEntries(runaways) } });
    await session.open("a.lua", text);
    const running = runaways.map(([file = ""]) =>
      session.ask(runScriptRequest, { uri: session.uri(file), runId: file, timeout: 4000 }),
    );
    let ended = false;
    void Promise.race(running).then(() => {
      ended = true;
    });
    const hover = await session.connection.sendRequest("textDocument/hover", {
      textDocument: { uri: session.uri("a.lua") },
      position: { line: 0, character: 20 },
    });
    expect(JSON.stringify(hover)).toContain("name");
    expect(
      await session.ask(runScriptRequest, { uri: session.uri("a.lua"), runId: "a" }),
    ).toMatchObject({ ok: true, writes: 1 });
    expect(ended).toBe(false);
    for (const { error } of await Promise.all(running)) expect(error?.code).toBe("script-timeout");
  });

  it.runIf(process.platform === "linux")(
    "its thread makes way once it calls State often",
    async () => {
      const files = {
        "calling.lua": RUNAWAYS["a loop of State calls"] ?? "",
        "quiet.lua": 'State.save("n", "k", 1) while true do end',
      };
      session = await Session.start({ files });
      for (const [file, nice] of [
        ["calling.lua", 10],
        ["quiet.lua", 0],
      ] as const) {
        const run = session.ask(runScriptRequest, { uri: session.uri(file), runId: file });
        await expect.poll(() => nicenessOfScripts(), { timeout: 20_000 }).toEqual([nice]);
        await session.ask(cancelScriptRequest, { runId: file });
        await run;
      }
    },
  );
});

/** How far each thread that runs a script steps back, as Linux tells. */
function nicenessOfScripts(): readonly number[] {
  const tasks = `/proc/${session.process.pid}/task`;
  return readdirSync(tasks).flatMap((task) => {
    const stat = readFileSync(`${tasks}/${task}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return stat.includes("(llmspell-state-") ? [Number(fields[16])] : [];
  });
}
