import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

const PROFILES = `local id = ...
State.save("people", "profile:" .. id, { name = "Ada", theme = "dark", beta = true })
`;

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    settings: { "editor.autoSurround": "never", "editor.autoClosingQuotes": "never" },
    prepare: (folder) => {
      cli(folder, "set", "user", "theme", '"dark"');
      cli(folder, "set", "user", "tone", '"calm"');
      cli(folder, "set", "user", "tone", '"friendly"');
      writeFileSync(join(folder, "profiles.lua"), PROFILES);
      cli(folder, "set", "people", "profile:1", '{"name":"Grace","lang":"en"}');
      cli(folder, "set", "people", "profile:2", '{"name":"Edsger"}');
      cli(folder, "set", "user", "access", '{"api_key":"sk-1234567890abcdef1234567890"}');
    },
  });
  await window.openSidebar();
  await window.row("State", "user").click({ timeout: 30_000 });
  await window.row("State", "theme").waitFor();
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

const stored = (key: string) => JSON.parse(window.cli("--json", "get", "user", key)).value;
const save = () => window.page.keyboard.press("Control+S");

/** Makes the active editor's text this one. */
async function replaceWith(text: string): Promise<void> {
  await window.line("").first().click();
  await window.page.keyboard.press("Control+A");
  await window.page.keyboard.type(text);
}

/** Points at something in the editor until the hover over it says what is expected. */
async function pointAt(target: Locator, expected: string): Promise<void> {
  const hover = window.page.locator(".monaco-hover:visible", { hasText: expected });
  await expect
    .poll(
      async () => {
        await window.page.mouse.move(640, 5);
        await target.hover({ force: true });
        await hover.waitFor({ timeout: 2_000 }).catch(() => {});
        return await hover.count();
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);
}

test("a value is edited like a file, and what is not JSON is refused with the reason", async () => {
  await window.row("State", "theme").click();
  await window.tab("theme.json").waitFor();
  await replaceWith("light");
  await save();
  await window.notification("Failed to save").waitFor({ timeout: 20_000 });
  await window.picture("23-refused");
  expect(stored("theme")).toBe("dark");
  await replaceWith('"light"');
  await save();
  await window.row("State", '"light"').waitFor({ timeout: 15_000 });
  expect(stored("theme")).toBe("light");
});

test("a clean editor follows; a conflict is told at once, compared, and overwritten on purpose", async () => {
  window.cli("set", "user", "theme", '"chalk"');
  await window.line('"chalk"').waitFor({ timeout: 15_000 });
  await replaceWith('"mine"');
  window.cli("set", "user", "theme", '"theirs"');
  const told = window.notification("was changed by");
  await told.waitFor({ timeout: 15_000 });
  await window.picture("24-changed-meanwhile");
  await save();
  const conflict = window.notification("Failed to save");
  await window.press(conflict.getByRole("button", { name: "Compare" }));
  await window.page.locator(".monaco-diff-editor .view-line", { hasText: "theirs" }).waitFor();
  await window.page.locator(".monaco-diff-editor .view-line", { hasText: "mine" }).waitFor();
  await window.picture("25-conflict");
  expect(stored("theme")).toBe("theirs");
  await window.page.locator(".editor-actions .codicon-check").click();
  await expect.poll(() => stored("theme"), { timeout: 10_000 }).toBe("mine");
  // What was decided is off the screen, and the next conflict is told again.
  await told.waitFor({ state: "detached", timeout: 15_000 });
  await window.tab("theme.json").click();
  await replaceWith('"mine too"');
  window.cli("set", "user", "theme", '"theirs again"');
  await told.waitFor({ timeout: 15_000 });
  await window.command("File: Revert File");
  await window.line('"theirs again"').waitFor();
  await told.waitFor({ state: "detached", timeout: 15_000 });
});

test("what is masked cannot be overwritten, and is shown when asked for", async () => {
  await window.row("State", "access").click();
  await window.tab("access.json").waitFor();
  await window.line("•••").waitFor();
  expect(await window.line("sk-1234567890abcdef").count()).toBe(0);
  await window.page
    .locator(".editor-actions")
    .getByRole("button", { name: "Show Value with Masked Parts" })
    .click();
  await window.line("sk-1234567890abcdef").waitFor({ timeout: 20_000 });
});

test("fields are offered from scripts and values like it, explained, and what stands out is a hint", async () => {
  const { page } = window;
  await window.row("State", "people").click();
  await window.row("State", "profile").first().click();
  await window.row("State", "Edsger").click();
  await window.tab("profile:2.json").waitFor();
  const offered = page.locator(".suggest-widget.visible .monaco-list-row");
  // VS Code learns of the document's schema a moment after it is opened.
  await expect
    .poll(
      async () => {
        await page.keyboard.press("Escape");
        await replaceWith('{"name": 7, "thme": "dark", "');
        await page.keyboard.press("Control+Space");
        const known = offered.filter({ hasText: /^(beta|lang|theme)/ });
        await known
          .first()
          .waitFor({ timeout: 2_000 })
          .catch(() => {});
        return await known.count();
      },
      { timeout: 20_000 },
    )
    .toBe(3);
  const details = page.locator(".suggest-details");
  if (!(await details.isVisible())) await page.keyboard.press("Control+Space");
  await details.getByText("profiles.lua:2").waitFor();
  await window.picture("36-value-fields");
  await page.keyboard.press("Escape");
  await replaceWith('{"name": 7, "thme": "dark"}');
  await expect.poll(() => page.locator(".squiggly-hint").count(), { timeout: 10_000 }).toBe(2);
  const key = window.line('"thme"').locator("span span", { hasText: '"name"' });
  await pointAt(key, "Saved in 1 place");
  await pointAt(
    page.locator(".squiggly-hint").first(),
    '"name" is a number here, and a string where profiles.lua:2 saves it.',
  );
  await window.picture("37-value-hint");
  await save();
  const saved = () => JSON.parse(window.cli("--json", "get", "people", "profile:2")).value.name;
  await expect.poll(saved, { timeout: 10_000 }).toBe(7);
});

test("a value is read as Lua, follows, and is edited so", async () => {
  await window.choose(window.row("State", "Grace"), "Show as Lua");
  await window.tab("profile:1.lua").waitFor();
  await window.line('name = "Grace"').waitFor();
  window.cli("set", "people", "profile:1", '{"name":"Barbara"}');
  await window.line('name = "Barbara"').waitFor({ timeout: 15_000 });
  await window.line('name = "Barbara"').click();
  await replaceWith('return { name = "Ada", age = 36.0 } -- of Lovelace');
  await save();
  const text = () => window.cli("get", "people", "profile:1");
  await expect.poll(text, { timeout: 10_000 }).toContain("36.0");
  await window.picture("38-value-lua");
});

test("an earlier value is seen and restored; what was deleted comes back", async () => {
  await window.choose(window.row("State", "tone"), "Show History");
  await window.picked('"calm"').waitFor({ timeout: 20_000 });
  await window.picture("26-history");
  await window.picked('"friendly"').click();
  await window.page.locator(".monaco-diff-editor .view-line", { hasText: "calm" }).waitFor();
  await window.choose(window.row("State", "tone"), "Show History");
  await window.picked('"calm"').hover();
  await window.picked('"calm"').locator(".codicon-discard").click();
  await window.notification("Restored an earlier value").waitFor({ timeout: 20_000 });
  expect(stored("tone")).toBe("calm");

  await window.choose(window.row("State", "tone"), "Delete");
  await window.dialog().getByRole("button", { name: "Delete" }).click();
  await window.row("State", "tone").waitFor({ state: "detached" });
  await window.press(window.notification("Deleted").getByRole("button", { name: "Undo" }));
  await window.row("State", "tone").waitFor();
  expect(stored("tone")).toBe("calm");
});
