import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

const SCRIPT = 'local theme = State.load("user", "theme")\nState.save("user", "theme", theme)\n';

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    prepare: (folder) => {
      writeFileSync(join(folder, "theme.lua"), SCRIPT);
      cli(folder, "set", "user", "theme", '"dark"');
    },
  });
  await window.openSidebar();
  await window.row("State", "user").click({ timeout: 30_000 });
  await window.row("State", "theme").waitFor();
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

const stored = (key: string) => JSON.parse(window.cli("--json", "get", "user", key)).value;

test("a load shows what is stored, and follows another process", async () => {
  await window.openFile("theme.lua");
  await window.line(/"theme"\)\s*=\s"dark"/).waitFor({ timeout: 20_000 });
  window.cli("set", "user", "theme", '"light"');
  await window.line(/"theme"\)\s*=\s"light"/).waitFor({ timeout: 15_000 });
  await window.page.locator(".codelens-decoration", { hasText: "1 read, 1 write" }).waitFor();
  await window.picture("18-live-values");
});

test("a lens shows the places it counts", async () => {
  const lens = window.page.getByRole("button", { name: /theme: 1 read, 1 write/ });
  const places = window.page.locator(".peekview-title", { hasText: "Locations (2)" });
  // A lens that is being drawn anew loses the click.
  await expect
    .poll(async () => {
      if ((await places.count()) === 0) await lens.click();
      return await places.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
    })
    .toBe(true);
  await window.page.keyboard.press("Escape");
});

test("a row of the tree shows where scripts use it", async () => {
  await window.choose(window.row("State", "theme"), "Show Readers and Writers in Code");
  await window.picked("theme.lua:1").waitFor();
  await window.picked("theme.lua:2").click();
  await window.page.locator(".statusbar").getByText(/Ln 2/).waitFor();
});

test("renaming shows its changes, changes scripts and data, and can be undone", async () => {
  await window.row("State", "theme").click();
  await window.page.keyboard.press("F2");
  await window.answer("colour_theme");
  const dialog = window.dialog();
  await dialog.getByText("Changes in 1 script: 2.").waitFor({ timeout: 20_000 });
  await window.line("@@ theme.lua @@").waitFor();
  await window.line(/^\+\s2:.*"colour_theme",\stheme/).waitFor();
  await window.picture("19-rename-question");
  expect(stored("theme")).toBe("light");
  await dialog.getByRole("button", { name: "Rename" }).click();
  const renamed = window.notification("Renamed");
  await renamed.waitFor({ timeout: 20_000 });
  await window.row("State", "colour_theme").waitFor({ timeout: 15_000 });
  expect(window.read("theme.lua")).toBe(SCRIPT.replaceAll('"theme"', '"colour_theme"'));
  expect(stored("colour_theme")).toBe("light");
  await window.picture("20-renamed");

  await window.press(renamed.getByRole("button", { name: "Undo" }));
  await window.row("State", /^theme/).waitFor({ timeout: 15_000 });
  await expect.poll(() => window.read("theme.lua"), { timeout: 15_000 }).toBe(SCRIPT);
  expect(stored("theme")).toBe("light");
});

test("what keys begin with is renamed in all of them, and in scripts, and can be undone", async () => {
  const script =
    'local function load(id)\n  return State.load("user", "profile:" .. id)\nend\nload("ada")\n';
  window.write("profiles.lua", script);
  const keys = ["person:ada", "profile:ada", "profile:grace"];
  for (const key of keys) window.cli("set", "user", key, "{}");
  await window.row("State", "4 keys").waitFor({ timeout: 15_000 });
  await window.row("State", "2 keys").click({ timeout: 15_000 });
  await window.page.keyboard.press("F2");
  await window.answer("person:");
  const taken = window.notification('The key "person:ada" exists already');
  await taken.waitFor({ timeout: 20_000 });

  await window.row("State", "2 keys").click();
  await window.page.keyboard.press("F2");
  const input = window.page.locator(".quick-input-widget input[type=text]");
  await input.fill("member");
  await window.page.getByText('"profile:ada" becomes "memberada".').waitFor({ timeout: 15_000 });
  await input.fill("member:");
  await window.page.getByText('"profile:ada" becomes "member:ada".').waitFor();
  await window.picture("94-rename-beginning");
  await window.page.keyboard.press("Enter");
  const dialog = window.dialog();
  await dialog.getByText("Stored entries that are renamed: 2.").waitFor({ timeout: 20_000 });
  await dialog.getByText("Changes in 2 scripts: 3.").waitFor();
  await window.line(/^\+\s2:.*"member:"\s\.\./).waitFor();
  await window.picture("95-rename-beginning-question");
  await dialog.getByRole("button", { name: "Rename" }).click();
  const renamed = window.notification("in 2 scripts, 2 entries");
  await renamed.waitFor({ timeout: 20_000 });
  await window.row("State", /^member/).waitFor({ timeout: 15_000 });
  expect(window.read("profiles.lua")).toBe(script.replace("profile:", "member:"));
  await window.picture("96-renamed-beginning");

  await window.press(renamed.getByRole("button", { name: "Undo" }));
  await window.row("State", /^profile/).waitFor({ timeout: 15_000 });
  await expect.poll(() => window.read("profiles.lua"), { timeout: 15_000 }).toBe(script);
  expect(Object.keys(stored("profile:ada"))).toEqual([]);
});

test("F2 in a script changes it, and offers to rename what is stored as well", async () => {
  await window.goTo("theme.lua", "State.load");
  await window.page.keyboard.press("Control+G");
  await window.answer(":1:35");
  await window.page.keyboard.press("F2");
  const box = window.page.locator(".rename-box input");
  await box.waitFor({ timeout: 20_000 });
  await box.fill("tint");
  await window.page.keyboard.press("Enter");
  const offer = window.notification('what is stored is still named "theme"');
  await offer.waitFor({ timeout: 20_000 });
  await window.picture("74-rename-offer");
  await window.press(offer.getByRole("button", { name: "Rename Stored Data" }));
  await window.row("State", /^tint/).waitFor({ timeout: 15_000 });
  const done = window.notification('is now "tint"');
  await window.press(done.getByRole("button", { name: "Undo" }));
  await window.row("State", /^theme/).waitFor({ timeout: 15_000 });
  expect(stored("theme")).toBe("light");
});
