import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(async () => {
  space = new Workspace();
  for (const value of ["1", "2.0", '"three"']) await space.call(["set", "n", "k", value]);
});
afterEach(() => space.remove());

async function values(): Promise<unknown[]> {
  const { answer } = await space.json("history", "n", "k");
  return (answer as { value?: unknown }[]).map(({ value }) => value);
}

describe("history and undo", () => {
  test("history answers as the contract has it, the current value first", async () => {
    const { code, answer } = await space.json("history", "n", "k");
    expect(code).toBe(0);
    const at = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(answer).toEqual([
      { revision: 3, at, origin: "cli", op: "save", value: "three" },
      { revision: 2, at, origin: "cli", op: "save", value: 2 },
      { revision: 1, at, origin: "cli", op: "save", value: 1 },
    ]);
    expect((await space.call(["history", "n", "k"])).out).toMatch(
      /2 {2}\S+ {2}cli {5}save {2}2\.0\n/,
    );
    expect((await space.json("history", "n", "none")).code).toBe(1);
  });

  test("a second undo goes one further back, and then there is nothing", async () => {
    expect((await space.call(["undo", "n", "k"])).out).toBe('~ n k = "three" -> 2.0\n');
    expect((await values())[0]).toBe(2);
    const { answer } = await space.json("undo", "n", "k");
    expect(answer).toMatchObject([{ value: 1 }, {}, {}, {}, {}]);
    const { code, answer: refused } = await space.json("undo", "n", "k");
    expect(code).toBe(1);
    expect(refused).toHaveProperty("error.code", "nothing-to-undo");
  });

  test("undo to a revision, and of a delete", async () => {
    await space.call(["undo", "n", "k", "--to", "1"]);
    expect((await values())[0]).toBe(1);
    expect((await space.json("undo", "n", "k", "--to", "77")).code).toBe(1);
    await space.call(["rm", "n", "k"]);
    await space.call(["undo", "n", "k"]);
    expect((await values())[0]).toBe(1);
  });

  test("rm --forget leaves no earlier value, and names the backups that hold it", async () => {
    const { answer } = await space.json("backup", "create");
    const { id } = answer as { id: string };
    await space.call(["set", "other", "k", "1"]);
    const { code, answer: forgotten } = await space.json("rm", "n", "k", "--forget");
    expect(code).toBe(0);
    expect(forgotten).toMatchObject({ changes: [{ op: "delete", key: "k" }], backups: [id] });
    expect((await space.json("history", "n", "k")).code).toBe(1);
    expect((await space.json("undo", "n", "k")).code).toBe(1);
    expect((await space.json("rm", "n", "k", "--forget")).code).toBe(1);
    // One that is deleted already still has a past to forget; no backup holds this one.
    await space.call(["rm", "other", "k"]);
    const { out } = await space.call(["rm", "other", "k", "--forget", "--json"]);
    expect(JSON.parse(out)).toEqual({ changes: [], backups: [] });
    expect((await space.json("undo", "other", "k")).code).toBe(1);
  });
});
