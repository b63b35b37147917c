import { expect, it } from "vitest";
import { useSessions } from "./start.ts";

const start = useSessions();

it("a slip in what a custom request is given is named, by either door", async () => {
  const { connection } = await start({ files: {} });
  const refusals: [string, unknown, string][] = [
    [
      "entries",
      { namespace: "user", limit: "x" },
      '`limit` of llmspellState/entries is a number; this is "x".',
    ],
    ["read", { namespace: "user" }, "llmspellState/read needs `key`."],
    [
      "write",
      { namespace: "user", key: "k", value: 5 },
      "`value` of llmspellState/write is a string; this is 5.",
    ],
    [
      "planMigration",
      { version: 7 },
      "`version` of llmspellState/planMigration is a string; this is 7.",
    ],
    ["runScript", {}, "llmspellState/runScript needs `uri`."],
    [
      "write",
      { namespace: "user", key: "k", value: "1", ifrevision: 0 },
      "llmspellState/write takes no `ifrevision`; did you mean `ifRevision`?",
    ],
    ["undo", { namespace: "user", key: "k", steps: 3 }, "llmspellState/undo takes no `steps`."],
    [
      "entries",
      { namespace: "user", Prefix: "p:" },
      "llmspellState/entries takes no `Prefix`; did you mean `prefix`?",
    ],
    [
      "search",
      { txet: "x", limit: 5 },
      "llmspellState/search takes no `txet`; did you mean `text`?",
    ],
    ["stores", { all: true }, "llmspellState/stores takes no `all`."],
    ["diffBackup", { id: "b", quick: true }, "llmspellState/diffBackup takes no `quick`."],
  ];
  for (const [name, params, message] of refusals) {
    const refused = { data: { code: "invalid-params", message } };
    await expect(connection.sendRequest(`llmspellState/${name}`, params)).rejects.toMatchObject(
      refused,
    );
    const command = { command: `llmspellState.server.${name}`, arguments: [params] };
    await expect(connection.sendRequest("workspace/executeCommand", command)).rejects.toMatchObject(
      refused,
    );
  }
  expect(await connection.sendRequest("llmspellState/namespaces")).toEqual([]);
  // Any client may ask for progress, wherever it likes.
  const progress = { workDoneToken: 1, partialResultToken: "2" };
  expect(await connection.sendRequest("llmspellState/namespaces", progress)).toEqual([]);
  expect(
    await connection.sendRequest("workspace/executeCommand", {
      command: "llmspellState.server.namespaces",
    }),
  ).toEqual([]);
});

it("a setting of the wrong type is passed over, and the scripts are read all the same", async () => {
  const options = JSON.parse('{"exclude": "x", "llmspellPath": 5, "rules": 7, "inlayHints": 4}');
  const files = { "a.lua": 'State.save("user", "profile:name", 1)' };
  const { connection } = await start({ files, options });
  const found = () => connection.sendRequest("workspace/symbol", { query: "profile" });
  await expect.poll(found).toMatchObject([{ name: "profile:name" }]);
});
