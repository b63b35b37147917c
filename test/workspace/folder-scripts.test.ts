import { expect, test } from "vitest";
import { FolderScripts } from "../../server/src/workspace/scripts-view.ts";
import { temporaryFolder, write } from "./folder.ts";

const ALL = { skip: [], exclude: [], maxFiles: 100 };

test("each script is understood once, and again when it or what it requires is something else", () => {
  const folder = temporaryFolder({
    "lib/store.lua": 'return { get = function(k) return State.load("user", k) end }',
    "main.lua": 'local store = require("lib.store") print(store.get("theme"))',
    "other.lua": 'State.save("user", "theme", "dark")',
  });
  const scripts = new FolderScripts(folder, ALL);
  const understood = (texts?: ReadonlyMap<string, string>) =>
    Array.from(scripts.refresh(texts), ({ file, model }) => [file, model?.text.length]);
  expect(understood().map(([file]) => file)).toEqual(["lib/store.lua", "main.lua", "other.lua"]);
  expect(understood()).toEqual([]);
  write(folder, "other.lua", "print(1)");
  expect(understood()).toEqual([["other.lua", 8]]);
  write(folder, "lib/store.lua", "return {}");
  expect(understood().map(([file]) => file)).toEqual(["lib/store.lua", "main.lua"]);
  expect(understood(new Map([["other.lua", "print(22)"]]))).toEqual([["other.lua", 9]]);
  expect(understood()).toEqual([["other.lua", 8]]);
});
