import { expect, it } from "vitest";
import { renameEdits } from "../../server/src/service/rename/edits.ts";
import { prepareRename } from "../../server/src/service/rename/prepare.ts";
import { scriptsAt } from "./support/scripts.ts";

/** The script at the cursor after a rename; `needed`: without what is optional. */
function renamed(fixture: string, newText: string, which: "all" | "needed" = "needed") {
  const { model, offset } = scriptsAt(fixture);
  const prepared = prepareRename(model, offset);
  if (prepared === undefined) return undefined;
  return renameEdits(model, prepared.renaming(newText))
    .filter((edit) => which === "all" || edit.optional !== true)
    .toReversed()
    .reduce(
      (text, { span, newText }) => text.slice(0, span.start) + newText + text.slice(span.end),
      model.text,
    );
}

const LOOP = 'for _, c in ipairs { "fr", "zh" } do State.save("i18n", "lang:" .. c, 1) end';

it("the beginning of keys made from a list is renamed where it is written", () => {
  expect(renamed(LOOP.replace("lang:", "la‸ng:"), "tongue:")).toBe(
    LOOP.replace("lang:", "tongue:"),
  );
  const both = `${LOOP} State.load("i18n", "lang:" .. x)`;
  expect(renamed(both.replace("lang:", "la‸ng:"), "tongue:")).toBe(
    both.replaceAll("lang:", "tongue:"),
  );
});

it("one of the keys made from a list is renamed in the list", () => {
  const script = `${LOOP} State.load("i18n", "la‸ng:fr")`;
  expect(renamed(script, "lang:xx", "all")).toBe(
    `${LOOP.replace("fr", "xx")} State.load("i18n", "lang:xx")`,
  );
});

it("keys that stand whole in a list are renamed there", () => {
  const list = 'for _, k in ipairs { "a:one", "b:two" } do State.save("app", k, 1) end';
  expect(renamed(`${list} State.load("app", "a:o‸ne")`, "a:uno")).toBe(
    `${list.replace("a:one", "a:uno")} State.load("app", "a:uno")`,
  );
});

it("a key is not written over what gives several", () => {
  const script =
    'local FR = "fr" for _, c in ipairs { FR, "zh" } do State.save("i18n", "lang:" .. c, 1) end';
  const load = ' State.load("i18n", "lang:fr")';
  expect(renamed(`${script}${load.replace("fr", "f‸r")}`, "lang:xx")).toBe(
    `${script}${load.replace("fr", "xx")}`,
  );
});
