/**
 * A million keys in 200 namespaces in the real window: how long opening a row, the next page, a filter
 * and a change by another program take until they are seen; and 10,000 changes in a second. Only with
 * LLMSPELL_LONG; the numbers are printed.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openStore } from "../../server/src/engine/open-store.ts";
import { watchRows, whenSeen } from "./seen.ts";
import { EditorWindow } from "./window.ts";

const NAMESPACES = 200;
const KEYS = 5_000;
const LONG = process.env["LLMSPELL_LONG"] !== undefined;
const ROUNDS = 25;

const STORM = `for i = 1, 10000 do State.save("storm", "key:" .. (i % 500), i) end
State.save("storm", "last", "done")
`;

let window: EditorWindow;

beforeAll(async () => {
  if (!LONG) return;
  window = await EditorWindow.open({
    settings: { "workbench.list.smoothScrolling": false },
    prepare: (folder) => writeFileSync(join(folder, "storm.lua"), STORM),
  });
  await fill(join(window.folder, "state"));
  await window.openSidebar();
  await window.row("State", "ns:000").waitFor({ timeout: 60_000 });
  // The other views give their place to the tree.
  for (const title of ["Backups", "Recent Changes"]) {
    const header = window.pane(title).locator(".pane-header");
    if ((await header.getAttribute("aria-expanded")) === "true") await header.click();
  }
}, 600_000);
afterEach(({ task }) => window?.pictureOfFailure(task));
afterAll(() => window?.close());

async function fill(folder: string): Promise<void> {
  const store = openStore({
    backend: "sqlite",
    folder,
    durability: "normal",
    historyLimit: 20,
    maxValueBytes: 1_048_576,
    schemaVersion: "1.0.0",
  });
  const at = Date.now() - 3_600_000;
  for (let n = 0; n < NAMESPACES; n += 1) {
    const entries = Array.from({ length: KEYS }, (_, k) => ({
      namespace: `ns:${String(n).padStart(3, "0")}`,
      key: `k${String(k).padStart(4, "0")}`,
      value: JSON.stringify({ id: k, name: `entry ${k}`, tags: ["a", "b"] }),
      createdAt: at,
      updatedAt: at,
      plain: true,
    }));
    await store.transact("fill", (transaction) => transaction.insertAll(entries));
  }
  await store.close();
}

/** Milliseconds from the beginning of `step` until rows hold `expected`, none `unexpected`, and are seen. */
async function time(
  expected: readonly string[],
  step: () => Promise<unknown>,
  unexpected: readonly string[] = [],
): Promise<number> {
  await watchRows(window.page, expected, unexpected);
  const start = Date.now();
  await step();
  return (await whenSeen(window.page)) - start;
}

function report(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  console.log(`${what}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, ${times.length} times`);
}

test.runIf(LONG)(
  "rows open, pages follow and changes appear at once",
  { timeout: 600_000 },
  async () => {
    const { keyboard } = window.page;
    const child = window.row("State", /^k0000/);
    const open: number[] = [];
    await window.row("State", "ns:000").locator(".monaco-icon-label").first().click();
    await child.waitFor();
    await keyboard.press("ArrowLeft");
    await child.waitFor({ state: "detached" });
    for (let round = 0; round < ROUNDS; round += 1) {
      await keyboard.press("ArrowDown");
      open.push(await time(["k0000"], () => keyboard.press("ArrowRight")));
      await keyboard.press("ArrowLeft");
      await child.waitFor({ state: "detached" });
    }
    report("open a namespace", open);

    await keyboard.press("ArrowRight");
    await child.waitFor();
    const changes: number[] = [];
    const namespace = `ns:${String(ROUNDS).padStart(3, "0")}`;
    for (let round = 0; round < ROUNDS; round += 1) {
      const value = `"round ${round}"`;
      await watchRows(window.page, [value]);
      window.cli("set", namespace, "k0000", value);
      const seen = await whenSeen(window.page);
      const { updated_at } = JSON.parse(window.cli("--json", "get", namespace, "k0000"));
      changes.push(seen - Date.parse(updated_at));
    }
    report("a change by another program, from its moment", changes);
    await keyboard.press("ArrowLeft");

    const pages: number[] = [];
    // Below the last namespace nothing else is: its next page follows at the end of the list.
    await keyboard.press("End");
    await keyboard.press("ArrowRight");
    const more = window.row("State", "Load more…");
    for (let page = 1; page <= 10; page += 1) {
      await expect
        .poll(async () => {
          await keyboard.press("End");
          return await more.count();
        })
        .toBe(1);
      const first = `k${String(page * 200).padStart(4, "0")}`;
      pages.push(await time([first], () => keyboard.press("Enter")));
      // The focus goes there too, a moment later.
      const next = window.row("State", new RegExp(`^${first}`));
      await next.and(window.page.locator(".focused")).waitFor();
    }
    report("next page", pages);

    await window.picture("60-million");
    await window.pictureInContrast("60-million");
  },
);

test.runIf(LONG)("a filter finds names among a million", { timeout: 300_000 }, async () => {
  const box = "Filter State by Name";
  await window.command("LLMSpell State: Filter by Name");
  const one: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const namespace = `ns:${100 + round}`;
    const key = `k${String(round * 7).padStart(4, "0")}`;
    const step = () => window.typeInto(box, `${namespace}/${key}`);
    one.push(await time([namespace, `${key}{"id": ${round * 7},`], step));
  }
  report("a filter that finds one key, all of it at once", one);
  const everywhere: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const key = `k${String(round * 7).padStart(4, "0")}`;
    const rows = [`ns:000`, `ns:001`, `${key}{"id": ${round * 7},`];
    everywhere.push(await time(rows, () => window.typeInto(box, key)));
  }
  report("a filter that finds a key in each of 200 namespaces", everywhere);
  const typed: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const key = `k${String(round * 7).padStart(4, "0")}`;
    await window.typeInto(box, "");
    await window.row("State", "ns:000").waitFor();
    await window.page.keyboard.type(`1${round % 10}/${key.slice(0, -1)}`, { delay: 120 });
    const step = () => window.page.keyboard.type(key.slice(-1));
    // Until then all ten keys that differ in the last letter fit.
    const other = `${key.slice(0, -1)}${(round * 7 + 1) % 10}{`;
    typed.push(await time([`ns:01${round % 10}`, `${key}{"id": ${round * 7},`], step, [other]));
  }
  report("a filter typed with 120 ms between letters, from the last letter", typed);
  await window.typeInto(box, "k0042");
  await window.row("State", "ns:001").waitFor();
  await window.picture("61-million-filtered");
  await window.pictureInContrast("61-million-filtered");
  await window.page.keyboard.press("Escape");
  await window.row("State", "ns:000").waitFor();
});

test.runIf(LONG)(
  "a storm of changes leaves the window usable and the tree right",
  { timeout: 300_000 },
  async () => {
    const { keyboard } = window.page;
    // What will be changed is open, below all others.
    for (const key of ["key:0", "key:1"]) window.cli("set", "storm", key, "0");
    const list = window.pane("State").locator(".monaco-list");
    for (const row of [/^storm.*2 keys/, /^key.*2 keys/]) {
      await expect
        .poll(async () => {
          await list.press("End");
          return await window.row("State", row).and(window.page.locator(".focused")).count();
        })
        .toBe(1);
      await keyboard.press("ArrowRight");
    }
    await expect
      .poll(async () => {
        await list.press("End");
        return await window.row("State", /^1\s*0 · /).count();
      })
      .toBe(1);
    const tool = join(import.meta.dirname, "../../dist/cli.cjs");
    const storm = spawn(process.execPath, [tool, "run", "storm.lua"], { cwd: window.folder });
    const ended = new Promise((resolve) => storm.once("exit", resolve));
    const steps: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const start = performance.now();
      await window.page.keyboard.press("F1");
      await window.picked("").first().waitFor();
      steps.push(performance.now() - start);
      await window.page.keyboard.press("Escape");
    }
    await ended;
    report("the command palette during a storm", steps);
    await window.row("State", /^0\s*10000 · /).waitFor({ timeout: 20_000 });
    await window.row("State", /^1\s*9501 · /).waitFor();
    await window.picture("61-storm");
    await window.command("LLMSpell State: Filter by Name");
    await window.typeInto("Filter State by Name", "storm/last");
    await window.row("State", /^last.*done/).waitFor({ timeout: 20_000 });
    expect(
      JSON.parse(window.cli("--json", "ls")).find(
        ({ namespace }: { namespace: string }) => namespace === "storm",
      ).keys,
    ).toBe(501);
    await window.row("State", /^storm.*501 keys/).waitFor();
  },
);
