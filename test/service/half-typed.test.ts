import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { complete } from "../../server/src/service/completion/complete.ts";
import { diagnose } from "../../server/src/service/diagnose.ts";
import { hover } from "../../server/src/service/hover.ts";
import { signatureHelp } from "../../server/src/service/signature-help.ts";
import { configuration } from "./support/configuration.ts";
import { NOW, viewOf } from "./support/view.ts";

/** Every offset of the long run; the usual one takes steps that no pattern of the text repeats. */
const STEP = process.env["LLMSPELL_LONG"] === undefined ? 7 : 1;

const SAMPLES = [
  ...["14-common-patterns-session-management", "17-common-patterns-migration-patterns"].map(
    (name) => readFileSync(new URL(`../fixtures/guide/${name}.lua`, import.meta.url), "utf8"),
  ),
  'local S <close> = State\nlocal 𝄞 = [==[\nState.load("user", "x")]==]\nS.save("user", "pro\\x66ile:" .. id, {a = {1, 2}, ["b c"] = 0x1p4})\r\n-- State.load("\ngoto done ::done:: return S["load"]("user", [[theme]]).x.y:z{...}',
];

const view = viewOf({ user: { theme: '"dark"', "profile:1": "{}" }, session: { s1: '{"a":1}' } });

describe("a script cut anywhere, asked at its end and in its middle", () => {
  it.each(SAMPLES.map((text, index) => [index, text] as const))("sample %i", async (_, text) => {
    for (let cut = 0; cut <= text.length; cut += STEP) {
      const model = buildScriptModel(text.slice(0, cut));
      for (const offset of [cut, Math.floor(cut / 2)]) {
        const { items } = await complete({ model, offset, view, configuration: configuration() });
        for (const { span } of items) {
          expect(span.start <= offset && offset <= span.end, `around ${offset} of ${cut}`).toBe(
            true,
          );
          expect(model.text.slice(span.start, span.end)).not.toContain("\n");
        }
        await hover({ model, offset, view, now: NOW });
        signatureHelp({ model, offset });
      }
      const found = await diagnose({ model, view, configuration: configuration() });
      for (const { span } of found) {
        expect(0 <= span.start && span.start <= span.end && span.end <= cut).toBe(true);
      }
    }
  });
});

describe("scripts built to exhaust", () => {
  it.each([
    ["a chain of texts", `local t = ${'"a" .. '.repeat(5000)}"a" State.save("user", "theme", t)`],
    ["a deep table", `State.save("user", "theme", ${"{".repeat(150)}${"}".repeat(150)})`],
    [
      "a chain of conditions",
      `if ${"not ".repeat(3000)}State.list_keys then State.list_keys("a") end`,
    ],
    ["many saves", 'State.save("user", "x", 1)\n'.repeat(2000)],
    ["a wide table", `State.save("user", "theme", {${"a_b = 1, ".repeat(5000)}})`],
    ["a long line", `local x = "${"a".repeat(100_000)}" State.load("user", x)`],
    ["a chain of fields", `local p = State.load("user", "theme") return p${".a".repeat(3000)}`],
  ])("%s", async (_, text) => {
    const model = buildScriptModel(text);
    const found = await diagnose({ model, view, configuration: configuration() });
    expect(found.length).toBeLessThanOrEqual(201);
    await complete({ model, offset: text.length - 3, view });
    await hover({ model, offset: text.length - 3, view, now: NOW });
  });
});
