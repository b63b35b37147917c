import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { postgresPresent, TestPostgres } from "../support/postgres.ts";
import { EditorWindow } from "./window.ts";

describe.runIf(postgresPresent())("two windows on one database", () => {
  let server: TestPostgres;
  let window: EditorWindow;
  /** Another window, with a language server of its own, on the same folder. */
  let other: Page;

  beforeAll(async () => {
    server = await TestPostgres.start();
    window = await EditorWindow.open({
      prepare: (folder) =>
        writeFileSync(
          join(folder, "llmspell.toml"),
          '[state]\nbackend = "postgres"\nstore = "team"\nrequest_timeout_ms = 1000\n',
        ),
    });
    await window.openSidebar();
    const context = await window.page.context().browser()?.newContext();
    if (context === undefined) throw new Error("no browser");
    other = await context.newPage();
    await other.goto(window.page.url());
    await other
      .locator('.activitybar .action-item a[aria-label^="LLMSpell State"]')
      .click({ timeout: 90_000 });
  });
  afterEach(({ task }) => window?.pictureOfFailure(task));
  afterAll(async () => {
    await window?.close();
    await server.stop();
  });

  /** A row of the first view, the state; its title says more than its name here. */
  const row = (page: Page, text: string) =>
    page.locator(".sidebar .pane").first().locator(".monaco-list-row", { hasText: text }).first();

  /** Answers the message that it is not known where the database is; each browser has its own secrets. */
  async function setUrl(page: Page): Promise<void> {
    const asked = page.locator(".notification-toast", { hasText: "STATE_DATABASE_URL" }).first();
    const box = page.locator(".quick-input-widget input[type=password]");
    await asked.getByRole("button", { name: "Set Database URL…" }).click({ timeout: 60_000 });
    await box.fill("http://127.0.0.1/");
    await page.locator(".quick-input-widget", { hasText: "cannot be read" }).waitFor();
    await box.fill(server.url());
    await page.keyboard.press("Enter");
    const told = page.locator(".notification-toast", { hasText: "The database is 127.0.0.1" });
    await told.waitFor({ timeout: 20_000 });
    expect(await told.textContent()).not.toContain("postgres://");
  }

  test("are told where the database is from the message that it is not known", async () => {
    await window.notification("STATE_DATABASE_URL").first().waitFor({ timeout: 60_000 });
    await window.picture("94-postgres-no-url");
    await setUrl(window.page);
    await other.bringToFront();
    await setUrl(other);
    expect(window.read("llmspell.toml")).not.toContain("postgres://");
  });

  test("name the server, and see what the other one changes", async () => {
    for (const page of [window.page, other]) {
      const title = page.locator(".sidebar .pane-header", { hasText: "State" }).first();
      await title.getByText(`127.0.0.1:${server.port}/llmspell`).waitFor({ timeout: 60_000 });
      await title.getByText("shared").waitFor();
    }
    await window.page.bringToFront();
    await window.openFile("counters.lua");
    await window.command("LLMSpell State: Run Script");
    await row(window.page, "stats").waitFor({ timeout: 30_000 });
    const begun = performance.now();
    await row(other, "stats").waitFor();
    console.log(`seen by the other window ${Math.round(performance.now() - begun)} ms later`);
    await row(window.page, "stats").click();
    await row(window.page, "counters").waitFor();
    await window.picture("90-postgres");
  });

  test("ask with the word shared before something goes", async () => {
    await window.choose(row(window.page, "counters"), "Delete");
    const dialog = window.page.locator(".monaco-dialog-box");
    await dialog.getByText("This state is shared").waitFor();
    await window.picture("91-postgres-delete");
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });

  test("lose the server, say so, and have the state again when it is back", async () => {
    await server.kill();
    await row(window.page, "State cannot be shown").waitFor({ timeout: 30_000 });
    await window.picture("92-postgres-lost");
    await server.boot();
    await row(window.page, "stats").waitFor({ timeout: 30_000 });
    await row(window.page, "State cannot be shown").waitFor({ state: "detached" });
    await row(window.page, "counters").waitFor();
    await window.picture("93-postgres-back");
  });
});
