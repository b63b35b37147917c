import { afterEach, describe, expect, it } from "vitest";
import { runScriptRequest } from "../../shared/src/protocol.ts";
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
});
