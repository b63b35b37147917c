import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import type {
  IndexChange,
  WorkspaceIndex,
} from "../../server/src/workspace/index/workspace-index.ts";
import { builtIndex, newIndex, temporaryFolder, usesIn, write } from "./folder.ts";

/** Opens or changes a script in the editor. */
function edit(index: WorkspaceIndex, folder: string, file: string, text: string): void {
  index.opened(join(folder, file), buildScriptModel(text, index.moduleLookup(file)));
}

test("an open script counts as it is in the editor, at once", async () => {
  const folder = temporaryFolder({ "a.lua": 'State.save("app", "old", 1)' });
  const index = await builtIndex(folder);
  edit(index, folder, "a.lua", 'State.load("app", "new")');
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 load app/new"]);
  expect(index.keys("app").exact).toEqual([{ text: "new", uses: 1 }]);
  // What happens on disk meanwhile counts once it is closed.
  write(folder, "a.lua", 'State.save("app", "saved", 1)');
  index.touched([join(folder, "a.lua")]);
  await index.settled();
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 load app/new"]);
  index.closed(join(folder, "a.lua"));
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 load app/new"]);
  await index.settled();
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 save app/saved"]);
});

test("a script that is not on disk yet counts while it is open", async () => {
  const folder = temporaryFolder({ "a.lua": 'require("new").put("x")' });
  const index = await builtIndex(folder);
  const text = 'return { put = function(k) State.save("app", k, 1) end }';
  edit(index, folder, "new.lua", text);
  await index.settled();
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 save app/x"]);
  index.closed(join(folder, "new.lua"));
  await index.settled();
  expect(usesIn(index, "a.lua", "new.lua")).toEqual([]);
  edit(index, folder, "new.lua", text);
  write(folder, "new.lua", text);
  index.touched([join(folder, "new.lua")]);
  await index.settled();
  rmSync(join(folder, "new.lua"));
  index.touched([join(folder, "new.lua")]);
  await index.settled();
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 save app/x"]);
});

test("editing an open module changes what other scripts do, and says so", async () => {
  const module = (prefix: string): string =>
    `local M = {} function M.put(k) State.save("app", "${prefix}:" .. k, 1) end return M`;
  const folder = temporaryFolder({
    "m.lua": module("one"),
    "a.lua": 'require("m").put("x")',
    "b.lua": 'State.load("app", "b")',
  });
  const changes: IndexChange[] = [];
  const index = await builtIndex(folder, { onChange: (change) => changes.push(change) });
  changes.length = 0;
  edit(index, folder, "m.lua", module("two"));
  // Other open scripts see it at once.
  const found = index.moduleLookup("a.lua")("m")?.exports[0]?.value;
  expect(JSON.stringify(found)).toContain("two:");
  await index.settled();
  expect(usesIn(index, "a.lua")).toEqual(["a.lua:1 save app/two:x"]);
  expect(changes).toEqual([
    { files: ["m.lua"], modules: true, complete: true },
    { files: ["a.lua"], modules: false, complete: true },
  ]);
  // A change that is nothing to others asks for nothing.
  changes.length = 0;
  edit(index, folder, "m.lua", `${module("two")} -- the end`);
  await index.settled();
  expect(changes).toEqual([]);
});

test("before the folder was read, what is open is known and nothing is claimed", () => {
  const folder = temporaryFolder({ "a.lua": 'State.save("app", "a", 1)' });
  const index = newIndex(folder);
  edit(index, folder, "b.lua", 'State.save("app", "b", 1)');
  expect(index.complete).toBe(false);
  expect(index.keys("app").exact).toEqual([{ text: "b", uses: 1 }]);
  edit(index, folder, "../outside.lua", 'State.save("app", "c", 1)');
  expect(index.keys("app").exact).toEqual([{ text: "b", uses: 1 }]);
});
