import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { inspectStore } from "../../server/src/engine/inspect.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { appendFromFourProcesses } from "./list-append.ts";
import { exitOf, nextMessage, startProcess } from "./processes.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

const LONG = process.env["LLMSPELL_LONG"] !== undefined;
const OPERATIONS = LONG ? 20_000 : 1200;
const KILLS = LONG ? 200 : 8;

test("four processes append and count with compare-and-set: nothing is lost or done twice", {
  timeout: 600_000,
}, async () => {
  await appendFromFourProcesses(optionsIn(temporaryFolder(), { historyLimit: 2 }), OPERATIONS);
});

test("processes that make the store at one moment all get in", { timeout: 300_000 }, async () => {
  const makers = [1, 2, 3].map(() => startProcess("create.process.ts"));
  await Promise.all(makers.map(nextMessage));
  for (let trial = 0; trial < (LONG ? 500 : 25); trial++) {
    const options = optionsIn(temporaryFolder());
    for (const maker of makers) maker.send(options);
    expect(await Promise.all(makers.map(nextMessage))).toEqual(["saved", "saved", "saved"]);
    const store = openStore(options);
    expect(await store.keys("n")).toHaveLength(3);
    await store.close();
  }
});

/** What one writer was told was done, by key; and its last number. */
interface Acknowledged {
  readonly byKey: Map<string, { n: number; op: string }>;
  last: number;
}

test("writers are killed at random moments: what was acknowledged is there, the rest whole or absent", {
  timeout: 1_200_000,
}, async () => {
  let random = 20261122;
  const next = (limit: number): number => {
    random = (random * 1103515245 + 12345) % 2147483648;
    return random % limit;
  };
  for (let trial = 0; trial < KILLS; trial++) {
    const options = optionsIn(temporaryFolder(), { historyLimit: 3 });
    const acknowledged = await Promise.all(
      ["x", "y"].map(async (name): Promise<Acknowledged> => {
        const child = startProcess("endless.process.ts", JSON.stringify(options), name);
        const told: Acknowledged = { byKey: new Map(), last: 0 };
        const output = child.stdout;
        if (output === null) throw new Error("no output");
        const lines = createInterface(output);
        const until = 5 + next(400);
        lines.on("line", (line) => {
          const [n = "", op = "", key = ""] = line.split(" ");
          told.last = Number(n);
          told.byKey.set(key, { n: told.last, op });
          if (told.last >= until) child.kill("SIGKILL");
        });
        const closed = new Promise((resolve) => lines.once("close", resolve));
        expect(await exitOf(child)).toBe("SIGKILL");
        await closed;
        return told;
      }),
    );

    const store = openStore(options);
    for (const [index, { byKey, last }] of acknowledged.entries()) {
      const namespace = `writer:${["x", "y"][index]}`;
      for (const [key, { n, op }] of byKey) {
        if (key === "pair") continue;
        const entry = await store.entry(namespace, key);
        // At most one write was under way: the one after the last that was acknowledged.
        const inFlight = `k${(last + 1) % 7}` === key;
        const found = entry === undefined ? 0 : (JSON.parse(entry.value) as { n: number }).n;
        const kept = op === "delete" ? 0 : n;
        expect(inFlight ? [kept, last + 1, 0] : [kept]).toContain(found);
      }
      const [a, b] = await Promise.all([
        store.entry(namespace, "pair:a"),
        store.entry(namespace, "pair:b"),
      ]);
      expect(a?.value).toBe(b?.value);
      const pair = byKey.get("pair")?.n ?? 0;
      expect(Number(a?.value ?? 0)).toBeGreaterThanOrEqual(pair);
    }
    await store.close();
    const checks = inspectStore(options);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  }
});
