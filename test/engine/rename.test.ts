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
    expect(await engine.renameEntries("editor", from, "colour")).toMatchObject({ renamed: 1 });
    expect(await all(engine)).toEqual({ "user/colour": '{"b":1,"a":2.0}', "user/other": "1" });
    const after = await engine.entry("user", "colour");
    expect(after?.createdAt).toBe(before?.createdAt);
    expect(after?.revision).toBeGreaterThan(before?.revision ?? 0);
    expect(after?.origin).toBe("editor");
    await engine.renameEntries("editor", { namespace: "user", key: "colour" }, "theme");
    expect(await all(engine)).toEqual({ "user/theme": '{"b":1,"a":2.0}', "user/other": "1" });
  });

  it.each([1203, 5003])("gives a namespace with %i keys another name", async (count) => {
    const names = Array.from({ length: count }, (_, i) => `k${i}`);
    const engine = await engineWith(
      backend,
      names.map((name) => ["user", name, "1"] as const),
    );
    await engine.save("cli", "user:1", "a", "2");
    expect(await engine.renameEntries("editor", { namespace: "user" }, "person")).toMatchObject({
      renamed: count,
    });
    expect((await engine.namespaces()).map(({ namespace, keys }) => [namespace, keys])).toEqual([
      ["person", count],
      ["user:1", 1],
    ]);
  });

  it("gives keys that begin alike another beginning, and can take just that back", async () => {
    const names = Array.from({ length: 1203 }, (_, i) => `profile:${i}:é`);
    const others = ["member:x", "profile", "profiles:1"];
    const engine = await engineWith(
      backend,
      [...names, ...others].map((name) => ["user", name, '{"b":1,"a":2.0}'] as const),
    );
    const before = await all(engine);
    const group = { namespace: "user", prefix: "profile:" };
    expect(await engine.planRenaming(group, "member:")).toEqual({ entries: 1203, conflicts: 0 });
    const { renamed, since } = await engine.renameEntries("editor", group, "member:");
    expect(renamed).toBe(1203);
    const moved = names.map((name) => name.replace("profile", "member"));
    expect(await engine.keys("user")).toEqual([...moved, ...others].sort());
    expect(await engine.history("user", "profile:7:é")).toMatchObject([
      { op: "delete", origin: "editor" },
      { op: "save", value: '{"b":1,"a":2.0}' },
    ]);

    await engine.save("cli", "user", "member:7:é", "2");
    const back = { namespace: "user", prefix: "member:" };
    await engine.renameEntries("editor", back, "profile:", { since });
    expect(await all(engine)).toEqual({ ...before, "user/profile:7:é": "2" });
  });

  it.each([
    ["a:", "a:b:", ["a:b:1", "a:b:c:2"]],
    ["a:c:", "a:", ["a:1", "a:2"]],
    ["a:", "", ["1", "c:2"]],
    ["a:", "a", ["a1", "ac:2"]],
  ])("moves %j to %j, also where one lies in the other", async (prefix, to, keys) => {
    const stored = prefix === "a:c:" ? ["a:c:1", "a:c:2"] : ["a:1", "a:c:2"];
    const engine = await engineWith(
      backend,
      stored.map((name) => ["user", name, "1"] as const),
    );
    await engine.renameEntries("editor", { namespace: "user", prefix }, to);
    expect(await engine.keys("user")).toEqual(keys);
  });

  it("names the first key in the way of those that begin alike", async () => {
    const engine = await engineWith(backend, [
      ["user", "a:1", "1"],
      ["user", "a:2", "1"],
      ["user", "a:3", "1"],
      ["user", "b:0", "1"],
      ["user", "b:2", "1"],
      ["user", "b:3", "1"],
    ]);
    const group = { namespace: "user", prefix: "a:" };
    const plan = { entries: 3, conflicts: 2, conflict: "b:2" };
    expect(await engine.planRenaming(group, "b:")).toEqual(plan);
    await expect(engine.renameEntries("editor", group, "b:")).rejects.toMatchObject({
      code: "target-exists",
      message: 'The key "b:2" of "user" exists already.',
    });
  });

  it("ends when nobody wants it any more, and has changed nothing", async () => {
    const names = Array.from({ length: 1203 }, (_, i) => `a:${i}`);
    const engine = await engineWith(
      backend,
      names.map((name) => ["user", name, "1"] as const),
    );
    const before = await all(engine);
    const stopping = new AbortController();
    const control = { signal: stopping.signal, progress: () => stopping.abort() };
    const group = { namespace: "user", prefix: "a:" };
    const renaming = engine.renameEntries("editor", group, "b:", {}, control);
    await expect(renaming).rejects.toMatchObject({ code: "cancelled" });
    expect(await all(engine)).toEqual(before);
  });

  it.each([
    ["a key that exists", { namespace: "user", key: "a" }, "b", "target-exists"],
    ["a namespace that exists", { namespace: "user" }, "other", "target-exists"],
    ["a key that is not stored", { namespace: "user", key: "c" }, "d", "missing-entry"],
    ["a namespace that is not stored", { namespace: "absent" }, "d", "missing-entry"],
    ["a key that cannot be one", { namespace: "user", key: "a" }, "__a", "invalid-key"],
    ["a namespace that cannot be one", { namespace: "user" }, "a b", "invalid-namespace"],
    ["a beginning that no key has", { namespace: "user", prefix: "c:" }, "d:", "missing-entry"],
    ["a beginning that makes no key", { namespace: "user", prefix: "a" }, "", "invalid-key"],
    ["a beginning that no key may have", { namespace: "user", prefix: "a" }, "__", "invalid-key"],
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
    expect((await engine.renameEntries("editor", from, "e\u0301")).renamed).toBe(0);
    expect((await engine.renameEntries("editor", from, "f")).renamed).toBe(1);
    expect(await all(engine)).toEqual({ "user/f": "1" });
  });
});
