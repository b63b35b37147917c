import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { cli, EditorWindow, type WindowOptions } from "./window.ts";

let window: EditorWindow | undefined;

async function open(options: WindowOptions): Promise<EditorWindow> {
  window = await EditorWindow.open(options);
  await window.openSidebar();
  return window;
}

afterEach(async ({ task }) => {
  await window?.pictureOfFailure(task);
  await window?.close();
  window = undefined;
});

test("a window without a folder offers to open one", async () => {
  const empty = await open({ open: null });
  await empty
    .pane("State")
    .getByRole("button", { name: "Open Folder" })
    .waitFor({ timeout: 30_000 });
  await empty.page
    .locator(".sidebar .monaco-progress-container.active")
    .first()
    .waitFor({ state: "detached" });
  await empty.picture("15-no-folder");
  await empty.pictureInContrast("15-no-folder");
});

test("several folders each have their store in the tree", async () => {
  const several = await open({
    prepare: (folder) => {
      for (const name of ["chat", "shop"]) {
        mkdirSync(join(folder, name));
        cli(join(folder, name), "--workspace", ".", "set", name, "theme", '"dark"');
      }
      const folders = [{ path: "chat" }, { path: "shop" }];
      writeFileSync(join(folder, "two.code-workspace"), JSON.stringify({ folders }));
    },
    open: "two.code-workspace",
  });
  await several.row("State", /^chat.*1 key/).waitFor({ timeout: 30_000 });
  await several.row("State", /^shop.*1 key/).waitFor();
  await several.row("State", /^shop.*1 key/).click();
  await several.row("State", "theme").waitFor();
  await several.picture("16-several-folders");
});

test("a large namespace is read in pages, and stays open while it changes", async () => {
  const script = 'for i = 1, 850 do State.save("big", string.format("key:%04d", i), i) end\n';
  const large = await open({
    prepare: (folder) => {
      writeFileSync(join(folder, "fill.lua"), script);
      cli(folder, "run", "fill.lua");
      cli(folder, "set", "any", "a/b %2F:ü 🦉", '"kept"');
    },
  });
  await large.row("State", "any").click({ timeout: 30_000 });
  await large.row("State", "a/b %2F:ü 🦉").click();
  await large.line('"kept"').waitFor();
  await large.row("State", "850 keys").click();
  await large.row("State", "more than 100 keys").click();
  await large.row("State", /^0001/).click();
  await large.tab("key:0001.json").waitFor();
  await large.pane("State").locator(".monaco-list").press("End");
  await large.row("State", "Load more…").click();
  await large.row("State", /^0201/).waitFor();
  await large.picture("17-large");
  large.cli("set", "big", "key:0201", '"new"');
  await large.row("State", /^0201.*new/).waitFor({ timeout: 15_000 });
  expect(await large.row("State", /^0200/).count()).toBe(1);

  // A filter that came and went leaves as much to be seen as before.
  await large.command("LLMSpell State: Filter by Name");
  await large.typeInto("Filter State by Name", "big/key:0850");
  await large.row("State", /^key:0850/).waitFor();
  await large.page.keyboard.press("Escape");
  await large.row("State", /^0001/).waitFor();
  await large.pane("State").locator(".monaco-list").press("End");
  await large.row("State", /^0400/).waitFor();

  const { keyboard } = large.page;
  for (const next of [/^0401/, /^0601/]) {
    await keyboard.press("End");
    await large.row("State", "Load more…").waitFor();
    await keyboard.press("Enter");
    // The first of the new rows is where one reads on.
    await large.row("State", next).and(large.page.locator(".focused")).waitFor();
  }
  // A key of the folded rows is found by its open value, and they unfold.
  await large.tab("key:0001.json").click();
  await large.command("LLMSpell State: Reveal in State View");
  await large
    .row("State", /^0001(?! …)/)
    .and(large.page.locator(".focused"))
    .waitFor();
  await large.row("State", /^0001 … 0200/).waitFor();
  await large.picture("19-folded");
  large.cli("set", "big", "key:0002", '"new"');
  await large.row("State", /^0002.*new/).waitFor({ timeout: 15_000 });
  // When all that it held is gone, so is its row.
  const remove = 'for i = 1, 200 do State.delete("big", string.format("key:%04d", i)) end\n';
  large.write("remove.lua", remove);
  large.cli("run", "remove.lua");
  await large.row("State", /^0001 … 0200/).waitFor({ state: "detached" });
  // The next page is the first now, folded or not.
  await large.row("State", /^0201/).waitFor();
});
