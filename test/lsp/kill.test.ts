import { expect, it } from "vitest";
import { readRequest, writeRequest } from "../../shared/src/protocol.ts";
import { cli } from "./cli.ts";
import { Session } from "./session.ts";

/** kill -9 of the server in the middle of a save loop: what it acknowledged is there. */
const TRIALS = 20;

it("keeps every acknowledged save when the server is killed", async () => {
  for (let trial = 0; trial < TRIALS; trial++) {
    const session = await Session.start();
    const store = await session.store();
    let acknowledged = -1;
    const killAfter = 5 + trial * 7;
    const killed = new Promise<never>((_, reject) => {
      session.process.once("exit", () => reject(new Error("killed")));
    });
    try {
      for (let n = 0; ; n++) {
        const write = { store, namespace: "loop", key: "n", value: `${n}` };
        const saved = session.ask(writeRequest, write);
        if (n === killAfter) session.process.kill("SIGKILL");
        await Promise.race([saved, killed]);
        acknowledged = n;
      }
    } catch (error) {
      expect(error).toMatchObject({ message: "killed" });
    }
    expect(acknowledged).toBeGreaterThanOrEqual(killAfter - 1);
    const { value } = JSON.parse(cli(session.folder, "--json", "get", "loop", "n"));
    // The save that was under way may be there too: it was whole or absent.
    expect([acknowledged, acknowledged + 1]).toContain(value);
    await session.stop();
  }
}, 120_000);

it("serves the folder again after a kill", async () => {
  const session = await Session.start();
  const store = await session.store();
  await session.ask(writeRequest, { store, namespace: "a", key: "b", value: "1" });
  session.process.kill("SIGKILL");
  await new Promise((resolve) => session.process.once("exit", resolve));
  const again = await Session.start({ folder: session.folder });
  const entry = await again.ask(readRequest, { store, namespace: "a", key: "b" });
  expect(entry?.value).toBe("1");
  await again.stop();
});
