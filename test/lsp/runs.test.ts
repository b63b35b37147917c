import { afterEach, describe, expect, it } from "vitest";
import type { Diagnostic } from "vscode-languageserver-protocol/node";
import { runScriptRequest } from "../../shared/src/protocol.ts";
import { Session } from "./session.ts";

let session: Session;
afterEach(() => session.stop());

const run = (path: string, more: object = {}) =>
  session.ask(runScriptRequest, { uri: session.uri(path), runId: "1", ...more });

const failed = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.find(({ code }) => code === "script-error");

describe("what a run changed", () => {
  it("is told, one change per entry, with secrets masked", async () => {
    session = await Session.start({
      files: {
        "a.lua": `State.save("user", "name", "Ada")
State.save("user", "name", "Grace")
State.save("user", "api_key", "${"sk-".padEnd(40, "abc1")}")
State.save("user", "gone", 1) State.delete("user", "gone")`,
      },
    });
    const { changes, omittedChanges, writes } = await run("a.lua");
    expect(changes).toEqual([
      { op: "save", namespace: "user", key: "name", after: '"Grace"' },
      { op: "save", namespace: "user", key: "api_key", after: expect.not.stringContaining("sk-") },
    ]);
    expect(omittedChanges).toBe(0);
    expect(writes).toBe(5);
  });

  it("is bounded", async () => {
    session = await Session.start({
      files: { "a.lua": 'for i = 1, 1200 do State.save("many", "k" .. i, i) end' },
    });
    const { changes, omittedChanges } = await run("a.lua");
    expect([changes.length, omittedChanges]).toEqual([1000, 200]);
  });
});

describe("a run's error", () => {
  it("stands on its line until the next edit", async () => {
    const text = "local x = nil\n  x.y = 1 \n";
    session = await Session.start({ files: { "a.lua": text } });
    await session.open("a.lua", text);
    await run("a.lua");
    const [found] = await session.diagnostics("a.lua", (all) => failed(all) !== undefined);
    expect(found).toMatchObject({
      code: "script-error",
      source: "llmspell-state",
      severity: 1,
      message: expect.stringMatching(/^attempt to index a nil value/),
      range: { start: { line: 1, character: 2 }, end: { line: 1, character: 9 } },
    });
    await session.open("a.lua", `${text}\n-- edited`);
    expect(await session.diagnostics("a.lua")).toEqual([]);
  });

  it("stands in the module that it is in, and goes with the next run that ends well", async () => {
    const good = "return function(n)\n return n + 1\nend";
    session = await Session.start({
      files: { "m.lua": good, "a.lua": 'print(require("m")(arg[1] or nil))' },
    });
    await session.open("m.lua", good);
    await run("a.lua");
    const found = await session.diagnostics("m.lua", (all) => failed(all) !== undefined);
    expect(failed(found)?.range.start.line).toBe(1);
    await run("a.lua", { args: ["1"] });
    await session.diagnostics("m.lua", (all) => failed(all) === undefined);
  });

  it("of a script that is not open is in the answer alone", async () => {
    session = await Session.start({ files: { "a.lua": "error('no')" } });
    expect((await run("a.lua")).error).toMatchObject({ code: "script-error", line: 1 });
    await session.open("a.lua", "error('no')");
    expect(await session.diagnostics("a.lua")).toEqual([]);
  });
});

it("runs a selection, with the document's lines", async () => {
  const text = "error('not this')\n\nprint('here')\nerror('this')";
  session = await Session.start({ files: { "a.lua": text } });
  await session.open("a.lua", text);
  const { error } = await run("a.lua", { source: "print('here')\nerror('this')", line: 2 });
  expect(error).toMatchObject({ line: 4, message: expect.stringContaining("this") });
  const found = await session.diagnostics("a.lua", (all) => failed(all) !== undefined);
  expect(failed(found)?.range.start.line).toBe(3);
});
