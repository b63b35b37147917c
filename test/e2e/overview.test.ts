import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Frame } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    prepare: (folder) => {
      const sizes: Readonly<Record<string, number>> = { chat: 900, cache: 300, user: 120, job: 40 };
      for (const [namespace, size] of Object.entries(sizes)) {
        cli(folder, "set", namespace, "notes", JSON.stringify("x".repeat(size)));
        cli(folder, "set", `${namespace}:archive`, "first", '"kept"');
      }
      cli(folder, "backup", "create");
    },
  });
  await window.openSidebar();
  await window.row("Backups", "8 entries").waitFor({ timeout: 30_000 });
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

/** The overview's page, which stands in frames of its own. */
const page = () => window.page.frameLocator("iframe.webview").frameLocator("#active-frame");

async function pageFrame(): Promise<Frame> {
  const frames = await Promise.all(
    window.page.frames().map(async (frame) => ({
      frame,
      ours: (await frame.locator("#overview").count()) > 0,
    })),
  );
  const found = frames.find(({ ours }) => ours)?.frame;
  if (found === undefined) throw new Error("The overview is not open.");
  return found;
}

test("the overview shows what is stored, and follows it", async () => {
  await window.command("LLMSpell State: Open State Overview");
  await page().getByText("As of").waitFor({ timeout: 30_000 });
  expect(await page().locator(".tile", { hasText: "Entries" }).textContent()).toContain("8");
  const largest = page().getByRole("table", { name: "Largest entries" });
  expect(await largest.getByRole("rowheader").count()).toBeGreaterThan(0);
  await window.page.mouse.move(640, 5);
  await window.picture("60-overview");
  await window.pictureInContrast("60-overview");
  window.cli("set", "late", "arrival", "1");
  await page().locator(".tile", { hasText: "Entries" }).getByText("9").waitFor({ timeout: 20_000 });
});

test("its marks lead to namespaces, values and backups", async () => {
  await page()
    .locator("section", { hasText: "Largest" })
    .getByRole("button", { name: "notes" })
    .first()
    .click();
  await window.tab("notes.json").waitFor({ timeout: 20_000 });
  await window.command("LLMSpell State: Open State Overview");
  const byNamespace = page().locator("section", { hasText: "By namespace" });
  await byNamespace.getByText("As a table").click();
  await byNamespace.getByRole("button", { name: "cache:archive" }).click();
  await window
    .row("State", "cache:archive")
    .locator("xpath=self::*[contains(@class,'selected')]")
    .waitFor();
  const backups = page().locator("section", { hasText: "Backups" });
  await backups.getByText("As a table").click();
  await backups.locator("tbody .link").first().click();
  await window
    .row("Backups", "8 entries")
    .locator("xpath=self::*[contains(@class,'selected')]")
    .waitFor();
});

test("it can be used by everyone: no finding of axe, and the keyboard suffices", async () => {
  const frame = await pageFrame();
  await frame.evaluate(axe);
  const { violations } = await frame.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await page().getByLabel("Measure").focus();
  await window.page.keyboard.press("End");
  await expect.poll(() => page().getByLabel("Measure").inputValue()).toBe("entries");
});

test("recent changes are listed as they happen, until they are paused", async () => {
  await window.page.locator('.pane-header[aria-label^="Recent Changes Section"]').click();
  await window.row("Recent Changes", "arrival").waitFor({ timeout: 20_000 });
  window.cli("set", "user", "notes", '"other"');
  await window
    .row("Recent Changes", /notes.*user.*cli/)
    .first()
    .waitFor({ timeout: 20_000 });
  await window.command("LLMSpell State: Pause Recent Changes");
  window.cli("set", "user", "mood", '"calm"');
  await window.pane("Recent Changes").getByText("Changes since then: 1").waitFor();
  expect(await window.row("Recent Changes", "mood").count()).toBe(0);
  await window.picture("61-recent-changes");
  await window.pictureInContrast("61-recent-changes");
  await window.command("LLMSpell State: Resume Recent Changes");
  await window.row("Recent Changes", "mood").waitFor();
});

test("a recent change leads to the history, from which an earlier value comes back", async () => {
  const change = window.row("Recent Changes", /notes.*user.*cli/).first();
  await change.hover();
  await change.locator('.action-label[aria-label^="Show History"]').click();
  const earlier = window.picked("xxx").first();
  await earlier.hover({ timeout: 20_000 });
  await earlier.locator(".codicon-discard").click();
  await window.notification("Restored an earlier value").waitFor({ timeout: 20_000 });
  expect(window.cli("get", "user", "notes")).toContain("xxx");
});
