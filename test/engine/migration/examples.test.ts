import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseMigration } from "../../../server/src/engine/migration/declarative.ts";
import { bench, fill } from "./support.ts";

const folder = join(import.meta.dirname, "../../../examples/migrations");

it("the examples do what the guide's migration patterns do, up and back down", async () => {
  const { engine, files, entries } = bench();
  const names = readdirSync(folder).filter((name) => name.endsWith(".toml"));
  files(Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")])));
  await fill(
    engine,
    'data/item={"old_field":"x","n":1.0}',
    "system/schema_backup_1.0.0={}",
    'system/schema_version="1.0.0"',
    'user/email:7="a@example.com"',
    'user/name:7="Ada"',
    'user/preferences={"theme":"dark","font_size":"12"}',
  );
  const first = await entries();
  await engine.migrate("2.0.0");
  expect(await entries()).toEqual(['data/item={"new_field":"x","n":1.0}', ...first.slice(3)]);
  await engine.migrate("1.0.0");
  expect(await entries()).toEqual([first[0], ...first.slice(3)]);
  await engine.migrate("3.0.0");
  expect(await entries()).toEqual([
    'data/item={"new_field":"x","n":1.0}',
    'user/preferences={"font_size":12,"appearance":{"theme":"dark"},"language":"en"}',
    'user/profile:7:email="a@example.com"',
    'user/profile:7:name="Ada"',
  ]);
});

it("the documentation's steps can be read, and its table names every parameter of every action", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/migrations.md"), "utf8");
  const toml = /^```toml\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "";
  expect(parseMigration(toml, "page").steps).toHaveLength(2);
  const rows = [...page.matchAll(/^\| `([a-z]+-[a-z]+)` \| ([^|]*) \|/gm)];
  expect(rows).toHaveLength(8);
  for (const [, action, parameters = ""] of rows) {
    const sample: Readonly<Record<string, string>> = {
      namespace: '"a"',
      key: '"b"',
      field: '"c"',
      value: "1",
      overwrite: "true",
      to: action === "convert-field" ? '"string"' : '"d"',
    };
    const given = [...parameters.matchAll(/`(\w+)`(\?)?/g)];
    const step = (needed: boolean) =>
      given
        .filter(([, , optional]) => !needed || optional === undefined)
        .map(([, name = ""]) => `${name} = ${sample[name]}`);
    for (const needed of [true, false]) {
      const text = [`[[step]]`, `action = "${action}"`, ...step(needed)].join("\n");
      expect(parseMigration(text, "page").steps).toHaveLength(1);
    }
    for (const [, name, optional] of given) {
      if (optional !== undefined) continue;
      const lines = step(true).filter((line) => !line.startsWith(`${name} `));
      const text = [`[[step]]`, `action = "${action}"`, ...lines].join("\n");
      expect(() => parseMigration(text, "page")).toThrow(`needs '${name}'`);
    }
  }
});
