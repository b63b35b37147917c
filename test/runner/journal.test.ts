import { describe, expect, it } from "vitest";
import type { ChangeDetail } from "../../server/src/engine/types.ts";
import { changesIn, Journal, readJournal } from "../../server/src/runner/journal.ts";
import { runMemory } from "../../server/src/runner/output.ts";

const change = (revision: number, after: string): ChangeDetail => ({
  op: "save",
  namespace: "a",
  key: "é",
  after,
  revision,
  at: 0,
  origin: "script:a.lua",
});

describe("the journal of a run", () => {
  it("has what was told and what was not, each once and in order", () => {
    const { journal } = runMemory(0);
    const told: ChangeDetail[] = [];
    let messages = 0;
    const writer = new Journal(journal, (lines) => {
      messages++;
      told.push(...changesIn(lines));
    });
    const changes = Array.from({ length: 2000 }, (_, i) =>
      change(i, `"${"ü\\n".repeat(i % 50 === 7 ? 20_000 : 10)}"`),
    );
    for (const [i, made] of changes.entries()) {
      writer.add(JSON.stringify(made));
      if (i % 97 === 0) expect([...told, ...readJournal(journal)]).toEqual(changes.slice(0, i + 1));
    }
    expect([...told, ...readJournal(journal)]).toEqual(changes);
    expect(messages).toBeLessThan(changes.length / 10);
  });

  it("is empty where nothing changed", () => {
    expect(readJournal(runMemory(0).journal)).toEqual([]);
  });
});
