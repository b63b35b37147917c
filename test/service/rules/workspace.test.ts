import { describe, expect, it } from "vitest";
import { complete } from "../../../server/src/service/completion/complete.ts";
import { hover } from "../../../server/src/service/hover.ts";
import { fixture } from "../support/cursor.ts";
import { findings, passes, reports } from "../support/rule.ts";
import { NOW, viewOf } from "../support/view.ts";
import { workspaceOf } from "../support/workspace.ts";

const workspace = workspaceOf({
  "reader.lua": [
    'State.load("user", "theme")',
    'State.load("user", "profile:" .. id)',
    'for _, k in ipairs(State.list_keys("session")) do end',
    'State.load("any", key)',
    'State.list_keys("team:" .. id)',
    'local function get(k) return State.load("app", k) end get("font")',
  ].join("\n"),
  "writer.lua": [
    'local function remember(id) State.save("user", "seen:" .. id, true) end',
    'State.save("user", "language", "en")',
    'State.save("free", key, 1)',
    'State.save("user", "draft", 1)',
  ].join("\n"),
});
const setting = { stored: { user: { theme: "1" } }, options: { workspace } };

reports(
  "never-read",
  [
    'State.save("user", ⟦"old_theme"⟧, 1)',
    'State.save("user", ⟦"language"⟧, 1)',
    "State.save('user', ⟦'font'⟧, 1)",
    'State.save("other", ⟦"theme"⟧, 1)',
    'State.agent_set("7", ⟦"mood"⟧, 1)',
    'local S = State S.save("user", ⟦"font"⟧, 1)',
    'local K = "font" State.save("user", ⟦K⟧, 1)',
    'State.save("user", ⟦"font"⟧, 1) State.load("user", "theme")',
    'State.save("user", ⟦"font"⟧, 1) State.delete("user", "font")',
    'State.save("user", ⟦"font"⟧, 1) State.load("app", "font")',
    'if x then State.save("user", ⟦"profil:1"⟧, 1) end',
    'State.save("user:1", ⟦"theme"⟧, 1)',
  ],
  setting,
);

passes(
  "never-read",
  [
    'State.save("user", "theme", 1)',
    'State.save("user", "profile:7", 1)',
    'State.save("session", "s1", 1)',
    'State.save("any", "thing_of_mine", 1)',
    'State.save("team:1", "members", 1)',
    'State.save("app", "font", 1)',
    'State.save("user", "font", 1) State.load("user", "font")',
    'State.save("user", "font", 1) State.load("user", k)',
    'State.save("user", "font", 1) State.load(ns, "font")',
    'State.save("user", "font", 1) State.list_keys("user")',
    'State.save("user", k, 1)',
    'State.save("user", "font:" .. k, 1)',
    'State.load("user", "font")',
    'State.delete("user", "font")',
  ],
  setting,
);

reports(
  "unknown-key",
  [
    'State.load("user", ⟦"absent"⟧)',
    'State.load("user", ⟦"themes"⟧)',
    'State.load("nowhere", ⟦"theme"⟧)',
  ],
  setting,
);

passes(
  "unknown-key",
  [
    'State.load("user", "language")',
    'State.load("user", "seen:7")',
    'State.load("free", "whatever")',
    'State.load("user", "absent") State.save("user", "absent", 1)',
    'State.load("user", "theme")',
  ],
  setting,
);

describe("while scripts are still being read", () => {
  const options = { workspace: workspaceOf({}, false) };

  it("nothing is said to be unread or absent", async () => {
    expect(await findings("never-read", 'State.save("user", "x1", 1)', { options })).toEqual([]);
    expect(await findings("unknown-key", 'State.load("user", "x1")', { options })).toEqual([]);
  });

  it("a suppression of what cannot be judged is not called unused", async () => {
    const text =
      '-- llmspell-state-disable-next-line never-read: later\nState.save("user", "x1", 1)';
    expect(await findings("unused-suppression", text, { options })).toEqual([]);
    const complete = {
      options: { workspace: workspaceOf({ "r.lua": 'State.load("user", "x1")' }) },
    };
    expect(await findings("unused-suppression", text, complete)).toHaveLength(1);
  });
});

describe("the editor's other answers", () => {
  const view = viewOf({ user: { language: '"en"' } });

  it("a key's hover tells who writes and reads it", async () => {
    const at = fixture('State.load("user", "lang‸uage")');
    const found = await hover({ ...at, view, workspace, now: NOW });
    expect(found?.markdown).toContain("Written in 1 place: `writer.lua:2`");
    const seen = fixture('State.load("user", "seen:‸1")');
    const other = await hover({ ...seen, view, workspace, now: NOW });
    expect(other?.markdown).toBe(
      "`user` / `seen:1` is not stored.\n\nWritten in 1 place: `writer.lua:1` (`remember`)",
    );
  });

  it("completion knows what other scripts name", async () => {
    const names = await complete({ ...fixture('State.load("‸")'), view, workspace });
    expect(names.items.map(({ label, detail }) => [label, detail])).toContainEqual([
      "session",
      "1 use in this workspace",
    ]);
    const keys = await complete({ ...fixture('State.load("user", "‸")'), view, workspace });
    expect(keys.items.map(({ label, detail }) => [label, detail])).toEqual([
      ["language", '"en"'],
      ["draft", "1 use in this workspace"],
      ["theme", "1 use in this workspace"],
    ]);
  });

  it("completion asks again while other scripts name more", async () => {
    const script = Array.from({ length: 300 }, (_, i) => `State.load("user", "k${i}")`).join("\n");
    const many = workspaceOf({ "many.lua": script });
    const at = fixture('State.load("user", "‸")');
    expect((await complete({ ...at, view, workspace: many })).isIncomplete).toBe(true);
    expect((await complete({ ...at, view, workspace })).isIncomplete).toBe(false);
  });
});
