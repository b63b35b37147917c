import { expect, it } from "vitest";
import { complete } from "../../server/src/service/completion/complete.ts";
import { hover } from "../../server/src/service/hover.ts";
import { liveHints } from "../../server/src/service/live/hints.ts";
import { keyLenses } from "../../server/src/service/live/lenses.ts";
import { keyLinks } from "../../server/src/service/live/links.ts";
import { nameTokens } from "../../server/src/service/live/tokens.ts";
import { definition } from "../../server/src/service/navigation/definition.ts";
import { highlights } from "../../server/src/service/navigation/highlights.ts";
import { referencesTo } from "../../server/src/service/navigation/references.ts";
import { documentSymbols } from "../../server/src/service/navigation/symbols.ts";
import { targetAt } from "../../server/src/service/navigation/target.ts";
import { renameEdits } from "../../server/src/service/rename/edits.ts";
import { prepareRename } from "../../server/src/service/rename/prepare.ts";
import { signatureHelp } from "../../server/src/service/signature-help.ts";
import { StateError } from "../../shared/src/errors.ts";
import { withEdits } from "./support/edits.ts";
import { scriptsOf } from "./support/scripts.ts";
import { NOW, viewOf } from "./support/view.ts";

const SAMPLE = `local S <const> = State -- "x"
local KEY, PRE = "the" .. "me", [==[
profile:]==]
local M = {put = function(self, k, ...) S["save"]('user', PRE .. k, {a = {b = 1}, ...}) end}
function M:get(k) local v = S.load("user", PRE .. k) if not v then goto out end ::out:: return v and v.a end
local ok, p = pcall(State.load, "user", KEY)
M:put("é😀", 1) print(M:get "é😀".b, p and p.ui["a-b"].c, #p)
State.agent_set("7", "mo\\x6fd", State.agent_get("7", [[mood]]) or {})
for _, e in ipairs(State.load("log", "events") or {}) do print(e.at) end
local h <close> = setmetatable({}, {__close = function() State.delete("user", KEY) end})
State.migrate("2.0.0") State.restore_backup("")
`;

const view = viewOf({
  "agent:7": { mood: "1" },
  log: { events: '[{"at":1}]' },
  user: { "profile:é😀": '{"a":{"b":2}}', theme: '{"ui":{"a-b":{"c":3}}}' },
});

/** Every answer about a script at an offset; a name that cannot be renamed is one. */
async function askAll(text: string, offset: number): Promise<void> {
  const { models, workspace } = scriptsOf({ "main.lua": text });
  const model = models.get("main.lua");
  if (model === undefined) throw new Error("No model");
  const at = { model, offset, file: "main.lua", workspace, view, now: NOW, snippets: true };
  const { items } = await complete(at);
  for (const { span } of items) {
    expect(span.start).toBeLessThanOrEqual(offset);
    expect(span.end).toBeGreaterThanOrEqual(offset);
  }
  const spans = [
    (await hover(at))?.span,
    ...highlights(at).map(({ span }) => span),
    ...definition(at).map(({ span }) => span),
    ...nameTokens(model).map(({ span }) => span),
    ...(await keyLinks(model, view)).map(({ span }) => span),
    ...documentSymbols(workspace, "main.lua").map(({ namePlace }) => namePlace),
    ...keyLenses(workspace, "main.lua").map(({ place }) => place),
    ...renamed(at).map(({ span }) => span),
  ];
  for (const span of spans) {
    if (span === undefined) continue;
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length);
  }
  signatureHelp(at);
  await liveHints({ ...at, within: { start: 0, end: text.length } });
}

function renamed({ model, offset }: Parameters<typeof definition>[0]) {
  try {
    const prepared = prepareRename(model, offset);
    return prepared === undefined ? [] : renameEdits(model, prepared.renaming("x"));
  } catch (error) {
    if (error instanceof StateError) return [];
    throw error;
  }
}

it("answers at the end of a script that is cut anywhere", { timeout: 60_000 }, async () => {
  for (let end = 0; end <= SAMPLE.length; end++) await askAll(SAMPLE.slice(0, end), end);
});

it("answers anywhere in a script", { timeout: 60_000 }, async () => {
  for (let offset = 0; offset <= SAMPLE.length; offset++) await askAll(SAMPLE, offset);
});

it("answers in a line of 5,000 columns and with CRLF", async () => {
  const wide = `${'State.load("user", "theme") '.repeat(180)}`;
  for (const offset of [0, 20, 2_520, wide.length]) await askAll(wide, offset);
  const crlf = SAMPLE.replaceAll("\n", "\r\n");
  for (let offset = 0; offset <= crlf.length; offset += 3) await askAll(crlf, offset);
});

it("renames to scripts in which the new name is found where the old one was", async () => {
  let done = 0;
  for (let offset = 0; offset <= SAMPLE.length; offset++) {
    const { models, workspace } = scriptsOf({ "main.lua": SAMPLE });
    const model = models.get("main.lua");
    const target = model && targetAt(model, offset);
    if (model === undefined || target === undefined) continue;
    const edits = renamed({ model, offset, file: "main.lua", workspace });
    if (edits.length === 0) continue;
    const text = withEdits(SAMPLE, edits);
    const after = scriptsOf({ "main.lua": text });
    expect(after.models.get("main.lua")?.problems, text).toEqual([]);
    const shift = edits
      .filter(({ span }) => span.end < offset)
      .reduce((sum, { span, newText }) => sum + newText.length - (span.end - span.start), 0);
    const moved = edits.find(({ span }) => offset >= span.start && offset <= span.end);
    const place = moved === undefined ? offset + shift : moved.span.start + shift;
    const now = after.models.get("main.lua");
    const renamedTarget = now && targetAt(now, place);
    if (renamedTarget === undefined) continue;
    expect(referencesTo(after.workspace, renamedTarget).length, text).toBe(
      referencesTo(workspace, target).length,
    );
    done++;
  }
  expect(done).toBeGreaterThan(40);
});
