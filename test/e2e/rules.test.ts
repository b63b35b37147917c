import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

const SCRIPT = `local prefs = State.load("user", "prefs_theme")
print(prefs.accent)
State.save("user", "tmp", 3)
State.lod("user", "prefs_font")
-- llmspell-state-disable-next-line vague-key: nothing vague is left
State.delete("user", "prefs_font")
State.delete("user", "prefs_size")
`;

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    settings: {
      "[jsonc]": { "editor.autoClosingBrackets": "never", "editor.formatOnType": false },
      "editor.autoClosingBrackets": "never",
      "editor.codeLens": false,
      "editor.inlayHints.enabled": "off",
    },
    prepare: (folder) => {
      mkdirSync(join(folder, ".vscode"));
      writeFileSync(join(folder, ".vscode/settings.json"), "{}\n");
      writeFileSync(join(folder, "llmspell.toml"), "[state]\nbackup_enabled = true\n");
      writeFileSync(join(folder, "theme.lua"), SCRIPT);
      cli(folder, "set", "user", "prefs_theme", '{"accent":"blue"}');
    },
  });
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

const marks = (severity: string) => window.page.locator(`.editor-instance .squiggly-${severity}`);
const expectMarks = (severity: string, count: number) =>
  expect.poll(() => marks(severity).count(), { timeout: 20_000 }).toBe(count);

/**
 * Opens the quick fixes at the cursor. A quarter of a second after the cursor or the marks have changed,
 * VS Code asks for what its light bulb needs, and gives up a menu whose answer is not there by then.
 */
async function openFixes(entry: Locator): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await window.page.keyboard.press("Control+.");
    const shown = entry.waitFor({ timeout: 3_000 }).then(
      () => true,
      () => false,
    );
    if (await shown) return;
    await window.page.keyboard.press("Escape");
  }
  throw new Error("No menu of quick fixes has it.");
}

/** Opens the quick fixes of `text` in the active script, and takes one. */
async function quickFix(text: string, title: string | RegExp, picture: string): Promise<void> {
  await window.page.keyboard.press("Escape");
  const lines = window.read("theme.lua").split("\n");
  const line = lines.findIndex((content) => content.includes(text));
  const column = (lines[line]?.indexOf(text) ?? 0) + 2;
  await window.page.keyboard.press("Control+G");
  await window.answer(`:${line + 1}:${column}`);
  await window.page
    .locator(".statusbar")
    .getByText(`Ln ${line + 1}, Col ${column}`)
    .waitFor();
  // Going to a line shows it before the box is left.
  await window.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  const menu = window.page.locator(".action-widget");
  const entry = menu.locator(".monaco-list-row", { hasText: title }).first();
  await openFixes(entry);
  await window.picture(picture);
  await entry.click();
  await entry.waitFor({ state: "detached" });
}

test("what is wrong is marked, and a hover says why, with a link to the rule's page", async () => {
  await window.openFile("theme.lua");
  await expectMarks("error", 1);
  await expectMarks("warning", 2);
  const hover = await window.hover("theme.lua", '"tmp"', "does not say what it holds");
  const link = hover.locator("a", { hasText: "vague-key" });
  expect(await link.getAttribute("href")).toMatch(/docs\/rules\/vague-key\.md$/);
  await window.picture("80-rule-hover");
});

test("a quick fix mends it", async () => {
  await quickFix("prefs.accent", /^Add the default/, "81-rule-quick-fix");
  await window.line(/"prefs_theme"\)\sor\s\{\}/).waitFor();
  await expectMarks("warning", 1);
});

test("everything that is safe is fixed at once", async () => {
  await window.command("LLMSpell State: Fix All That Is Safe in This Script");
  await window.line(/State\.load\("user",\s"prefs_font"\)/).waitFor();
  await expect.poll(() => window.line("disable-next-line").count()).toBe(0);
  await expectMarks("error", 0);
  await window.picture("82-rule-fix-all");
});

test("a flat key is renamed in the script and in what is stored", async () => {
  await window.page.keyboard.press("Control+S");
  await expect.poll(() => window.read("theme.lua")).toContain("or {}");
  await quickFix('"prefs_theme"', /^Rename "prefs_theme"/, "83-rule-rename");
  await window.page.locator(".quick-input-widget input[type=text]").waitFor();
  await window.page.keyboard.press("Enter");
  await window.dialog().getByRole("button", { name: "Rename" }).click({ timeout: 20_000 });
  await window.notification("Renamed").waitFor({ timeout: 20_000 });
  expect(window.read("theme.lua")).toContain('State.load("user", "prefs:theme") or {}');
  expect(window.cli("--json", "get", "user", "prefs:theme")).toContain("blue");
});

/** Changes the folder's settings in the editor, and goes back to the script. */
async function set(settings: string): Promise<void> {
  await window.openFile("settings.json");
  await window.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  await window.page.keyboard.press("Control+A");
  await window.page.keyboard.press("Delete");
  await window.page.keyboard.insertText(settings);
  await window.page.keyboard.press("Control+S");
  await expect.poll(() => window.read(".vscode/settings.json")).toBe(settings);
  await window.tab("theme.lua").click();
  await window.line("State.save").waitFor();
}

test("a rule that a setting switches off is silent at once", async () => {
  await window.openFile("theme.lua");
  await expectMarks("warning", 1);
  await set('{ "llmspellState.rules": { "vague-key": "off" } }');
  await expectMarks("warning", 0);
  await window.picture("84-rule-off-by-setting");
  await set("{}");
  await expectMarks("warning", 1);
});

test("a rule that llmspell.toml switches off is silent at once", async () => {
  const rules = "[state]\nbackup_enabled = true\n\n[state.rules]\n";
  window.write("llmspell.toml", `${rules}vague-key = "off"\n`);
  await expectMarks("warning", 0);
  window.write("llmspell.toml", `${rules}vague-key = "error"\n`);
  await expectMarks("error", 1);
  window.write("llmspell.toml", `${rules}allowed_keys = ["tmp*"]\n`);
  await expectMarks("error", 0);
  await expectMarks("warning", 0);
  await window.picture("85-rule-off-by-toml");
});
