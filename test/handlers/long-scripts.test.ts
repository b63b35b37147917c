import { MessageChannel, type MessagePort } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { ScriptThread } from "../../server/src/handlers/long-scripts/script-thread.ts";
import { ScriptThreads } from "../../server/src/handlers/long-scripts/script-threads.ts";
import type {
  Asking,
  Surroundings,
  ToScriptThread,
} from "../../server/src/handlers/long-scripts/wire.ts";
import { Outdated } from "../../server/src/handlers/slices.ts";
import { emptySummary } from "../../server/src/workspace/index/summary.ts";

const URI = "file:///w/a.lua";

function script(lines: number, version = 1, uri = URI): TextDocument {
  return TextDocument.create(uri, "lua", version, "\n".repeat(lines - 1));
}

describe("which scripts are long", () => {
  test("those of more lines, and those of as many characters", () => {
    const threads = new ScriptThreads(undefined);
    expect(threads.isLong(script(1000))).toBe(false);
    expect(threads.isLong(script(1001))).toBe(true);
    expect(threads.isLong(TextDocument.create(URI, "lua", 1, "x".repeat(50_001)))).toBe(true);
    expect(threads.isLong(TextDocument.create(URI, "toml", 1, "x".repeat(50_001)))).toBe(false);
  });

  test("a script is not moved to and fro while typed in around the bound", () => {
    const threads = new ScriptThreads(100);
    const long = [100, 101, 99, 91, 90, 95, 100, 101].map((lines) => threads.isLong(script(lines)));
    expect(long).toEqual([false, true, true, true, false, false, false, true]);
  });

  test("the setting counts where it is one", () => {
    expect(new ScriptThreads("many").isLong(script(1001))).toBe(true);
    expect(new ScriptThreads(10).isLong(script(11))).toBe(true);
  });
});

describe("asking the thread of long scripts", () => {
  /** The other end, which answers as `answer` says, and all that it was told. */
  function asking(answer: (port: MessagePort, asked: Asking) => void) {
    const told: ToScriptThread[] = [];
    const documents = new Map<string, TextDocument>([[URI, script(3)]]);
    const scripts = new Map([["b.lua", emptySummary("b.lua")]]);
    const connections: MessagePort[] = [];
    const surroundings = { trusted: true } as Surroundings;
    const thread = new ScriptThread({
      connect: () => {
        const { port1, port2 } = new MessageChannel();
        connections.push(port2);
        onTestFinished(() => port2.close());
        port2.on("message", (message: ToScriptThread) => {
          told.push(message);
          if ("ask" in message) answer(port2, message);
        });
        return port1;
      },
      surroundings: () => surroundings,
      documents: () => [...documents.values()],
      scripts: () => scripts,
      engine: () => undefined,
      onScript: () => {},
    });
    const ask = () =>
      thread.ask({ question: "hover", params: null, uri: URI, age: 1, token: undefined });
    return { ask, told, documents, scripts, connections, thread };
  }

  const kinds = (told: readonly ToScriptThread[]) => told.map((message) => Object.keys(message)[0]);

  test("tells what has changed since the last question, and nothing else", async () => {
    const { ask, told, documents, scripts } = asking((port, { ask: answer, version }) =>
      port.postMessage({ answer, result: version }),
    );
    expect(await ask()).toEqual({ result: 1 });
    expect(kinds(told.splice(0))).toEqual(["surroundings", "script", "document", "ask"]);
    documents.set(URI, script(3, 2));
    expect(await ask()).toEqual({ result: 2 });
    expect(kinds(told.splice(0))).toEqual(["document", "ask"]);
    documents.set("file:///w/c.lua", script(1, 1, "file:///w/c.lua"));
    scripts.delete("b.lua");
    await ask();
    expect(kinds(told.splice(0))).toEqual(["script", "document", "ask"]);
    documents.delete("file:///w/c.lua");
    await ask();
    expect(kinds(told.splice(0))).toEqual(["closed", "ask"]);
  });

  test("gives what answering threw, as what it was", async () => {
    const problem = { code: "computed-name", message: "No.", next: "Else." };
    const failing = asking((port, { ask: failed }) =>
      port.postMessage({ failed, problem, thrown: undefined }),
    );
    await expect(failing.ask()).rejects.toMatchObject(problem);
    const broken = asking((port, { ask: failed }) =>
      port.postMessage({ failed, problem, thrown: "Error: at line 1" }),
    );
    await expect(broken.ask()).rejects.toMatchObject({ stack: "Error: at line 1" });
    const late = asking((port, { ask: outdated }) => port.postMessage({ outdated }));
    await expect(late.ask()).rejects.toThrow(Outdated);
  });

  test("without an answer where the thread ends; the next one is told everything", async () => {
    let ends = true;
    const { ask, told, connections } = asking((port, { ask: answer }) => {
      if (ends) port.close();
      else port.postMessage({ answer, result: "light" });
    });
    expect(await ask()).toBeUndefined();
    told.length = 0;
    ends = false;
    expect(await ask()).toEqual({ result: "light" });
    expect(kinds(told)).toEqual(["surroundings", "script", "document", "ask"]);
    expect(connections).toHaveLength(2);
  });
});
