import { describe, expect, it, onTestFinished } from "vitest";
import type { Engine } from "../../server/src/engine/engine.ts";
import { openEngine } from "../../server/src/engine/open.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

async function engineWith(
  backend: "sqlite" | "memory",
  stored: readonly (readonly [string, string, string])[],
): Promise<Engine> {
  const engine = openEngine(optionsIn(temporaryFolder(), { backend }));
  onTestFinished(() => engine.close());
  for (const [namespace, key, value] of stored) await engine.save("cli", namespace, key, value);
  return engine;
}

async function all(engine: Engine): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { namespace } of await engine.namespaces()) {
    for (const entry of await engine.page(namespace, { limit: 2000 })) {
      found[`${namespace}/${entry.key}`] = entry.value;
    }
  }
  return found;
}

describe.each(["sqlite", "memory"] as const)("renaming in %s", (backend) => {
  it("gives a key another name, with its times and a new revision", async () => {
    const engine = await engineWith(backend, [
      ["user", "theme", '{"b":1,"a":2.0}'],
      ["user", "other", "1"],
    ]);
    const before = await engine.entry("user", "theme");
    const from = { namespace: "user", key: "theme" };
    expect(await engine.renameEntries("editor", from, "colour")).toEqual({ renamed: 1 });
    expect(await all(engine)).toEqual({ "user/colour": '{"b":1,"a":2.0}', "user/other": "1" });
    const after = await engine.entry("user", "colour");
    expect(after?.createdAt).toBe(before?.createdAt);
    expect(after?.revision).toBeGreaterThan(before?.revision ?? 0);
    expect(after?.origin).toBe("editor");
    await engine.renameEntries("editor", { namespace: "user", key: "colour" }, "theme");
    expect(await all(engine)).toEqual({ "user/theme": '{"b":1,"a":2.0}', "user/other": "1" });
  });

  it("gives a namespace with more keys than a page another name", async () => {
    const names = Array.from({ length: 1203 }, (_, i) => `k${i}`);
    const engine = await engineWith(
      backend,
      names.map((name) => ["user", name, "1"] as const),
    );
    await engine.save("cli", "user:1", "a", "2");
    expect(await engine.renameEntries("editor", { namespace: "user" }, "person")).toEqual({
      renamed: 1203,
    });
    expect((await engine.namespaces()).map(({ namespace, keys }) => [namespace, keys])).toEqual([
      ["person", 1203],
      ["user:1", 1],
    ]);
  });

  it.each([
    ["a key that exists", { namespace: "user", key: "a" }, "b", "target-exists"],
    ["a namespace that exists", { namespace: "user" }, "other", "target-exists"],
    ["a key that is not stored", { namespace: "user", key: "c" }, "d", "missing-entry"],
    ["a namespace that is not stored", { namespace: "absent" }, "d", "missing-entry"],
    ["a key that cannot be one", { namespace: "user", key: "a" }, "__a", "invalid-key"],
    ["a namespace that cannot be one", { namespace: "user" }, "a b", "invalid-namespace"],
  ])("refuses %s, and changes nothing", async (_, from, to, code) => {
    const engine = await engineWith(backend, [
      ["user", "a", "1"],
      ["user", "b", "2"],
      ["other", "x", "3"],
    ]);
    const before = await all(engine);
    const revision = await engine.revision();
    await expect(engine.renameEntries("editor", from, to)).rejects.toMatchObject({ code });
    expect(await all(engine)).toEqual(before);
    expect(await engine.revision()).toBe(revision);
  });

  it("takes a name that is the same in Unicode for the same", async () => {
    const engine = await engineWith(backend, [["user", "\u00e9", "1"]]);
    const from = { namespace: "user", key: "e\u0301" };
    expect(await engine.renameEntries("editor", from, "e\u0301")).toEqual({ renamed: 0 });
    expect(await engine.renameEntries("editor", from, "f")).toEqual({ renamed: 1 });
    expect(await all(engine)).toEqual({ "user/f": "1" });
  });
});
