import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { otherLuaServer } from "./other-lua-server.ts";
import { cli, EditorWindow } from "./window.ts";

const CACHE = `local M = {}

function M.get(key)
  local entry = State.load("cache", "v1:" .. key)
  return entry and entry.value
end

function M.set(key, value, ttl)
  State.save("cache", "v1:" .. key, { value = value, expires_at = os.time() + ttl })
end

return M
`;

let window: EditorWindow;
let luaServer: string;

beforeAll(async () => {
  luaServer = otherLuaServer();
  window = await EditorWindow.open({
    settings: { "editor.autoClosingQuotes": "never", "editor.autoClosingBrackets": "never" },
    others: [luaServer],
    prepare: (folder) => {
      const preferences = '{"theme":"dark","language":"en","font":{"size":14}}';
      cli(folder, "set", "user", "preferences", '{"theme":"light"}');
      cli(folder, "set", "user", "preferences", preferences);
      cli(folder, "set", "cache", "v1:api:user:123", '{"value":{"name":"Ann"},"expires_at":9}');
      cli(folder, "set", "cache", "v1:api:user:9", '{"value":{"name":"Bo"},"expires_at":9}');
      cli(folder, "set", "cache", "v1:hits", '{"value":3,"expires_at":9}');
    },
  });
  window.write("cache.lua", CACHE);
  window.write("fields.lua", 'local p = State.load("user", "preferences")\n');
  window.write("wrapper.lua", 'local cache = require("cache")\ncache.set("hits", 1, 60)\n');
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(async () => {
  await window?.close();
  rmSync(dirname(luaServer), { recursive: true, force: true });
});

const suggested = (text: string | RegExp) =>
  window.page.locator(".suggest-widget.visible .monaco-list-row", { hasText: text });

test("a function of another script completes the keys of its namespace", async () => {
  await window.openFile("wrapper.lua");
  await window.line(/hits/).first().click();
  await window.typeAtEnd('local user = cache.get("');
  await suggested("api:user:123").waitFor({ timeout: 20_000 });
  await suggested("hits").waitFor();
  await window.picture("70-wrapper-completion");
  await window.page.keyboard.type("hi");
  await suggested("hits").click();
  await window.line('cache.get("hits').waitFor();
});

test("a loaded value completes the fields that are stored", async () => {
  await window.openFile("fields.lua");
  await window
    .line(/preferences/)
    .first()
    .click();
  await window.typeAtEnd("print(p.");
  await suggested("theme").waitFor({ timeout: 20_000 });
  await suggested("language").waitFor();
  await suggested("font").waitFor();
  await window.picture("71-field-completion");
  await window.page.keyboard.type("fo");
  await suggested("font").click();
  await window.page.keyboard.type(".");
  await suggested("size").waitFor();
  await window.page.keyboard.press("Escape");
});

test("the links of a hover lead to the value, its history and its references", async () => {
  const open = async (name: string) => {
    const hover = await window.hover("fields.lua", '"preferences"', "revision");
    if (name === "Show value") await window.picture("72-hover-links");
    await hover.getByRole("link", { name, exact: true }).click();
  };
  await open("Show value");
  await window.tab("preferences.json").waitFor({ timeout: 20_000 });
  await window.line('"theme"').first().click();
  await window.page.keyboard.press("Shift+F12");
  await window.picked("fields.lua:1").waitFor({ timeout: 20_000 });
  await window.page.keyboard.press("Escape");
  await open("References");
  await window.picked("fields.lua:1").waitFor({ timeout: 20_000 });
  await window.page.keyboard.press("Escape");
  await open("History");
  await window.picked(/"theme": "light"/).waitFor({ timeout: 20_000 });
  await window.page.keyboard.press("Escape");
});

test("the other Lua server is told of State once, and it can be undone", async () => {
  const settings = () => {
    try {
      return JSON.parse(window.read(".vscode/settings.json"))["Lua.workspace.library"] ?? [];
    } catch {
      return [];
    }
  };
  await window.command("LLMSpell State: Add Lua Library");
  await window.picked("types of what is stored").click();
  const told = window.notification("added to Lua.workspace.library");
  await told.waitFor({ timeout: 20_000 });
  await window.picture("73-lua-library");
  await expect.poll(settings).toHaveLength(1);
  const [folder] = settings();
  const library = readFileSync(`${folder}/state.lua`, "utf8");
  expect(library).toContain("---@class llmspell.stored.user.preferences\n---@field theme string\n");
  expect(library).not.toContain("Ann");
  await window.openFile("fields.lua");
  await window
    .line(/preferences/)
    .first()
    .click();
  await window.typeAtEnd("State.sa");
  // Where nobody has anything to offer, the list is shown only to whom asks for it.
  await window.page.keyboard.press("Control+Space");
  await window.page.locator(".suggest-widget.visible").waitFor({ timeout: 20_000 });
  expect(await suggested("save(namespace").count()).toBe(0);
  await window.page.keyboard.press("Escape");
  await window.press(told.getByRole("button", { name: "Undo" }));
  await expect.poll(settings).toHaveLength(0);
});
