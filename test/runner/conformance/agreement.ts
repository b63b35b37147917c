import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { RUNTIMES, type RuntimeName } from "../../../server/src/runner/types.ts";
import { memoryStore, openBench } from "../harness.ts";
import { answers, type Case, driver, readCases } from "./corpus.ts";
import { DIFFERENCES } from "./differences.ts";

export const AREAS = ["language", "strings", "libraries", "programs", "modern"];

const LUA = "/usr/bin/lua5.4";
export const hasOracle = existsSync(LUA);

/** The scripts of one area, and by runtime the names of those that answer otherwise than Lua 5.4. */
export interface Agreement {
  readonly area: string;
  readonly cases: readonly Case[];
  readonly differing: Readonly<Record<RuntimeName, readonly string[]>>;
}

/** Addresses differ from run to run. */
const plain = (text: string | undefined) =>
  text?.replaceAll(
    /\b(function|table|thread|userdata): (builtin: )?(0x)?[0-9a-f]+/g,
    "$1: ADDRESS",
  );

/** Runs an area's scripts with each runtime and with Debian's Lua 5.4. */
export async function agreement(area: string): Promise<Agreement> {
  const cases = readCases(area);
  const text = driver(cases);
  const expected = answers(execFileSync(LUA, ["-"], { input: text }).toString("utf8"));
  if (expected.length !== cases.length) throw new Error(`lua5.4 did not run all of ${area}`);
  const differing = async (runtime: RuntimeName): Promise<readonly string[]> => {
    const got = answers(await print(text, runtime));
    return cases.filter((_, i) => plain(expected[i]) !== plain(got[i])).map(({ name }) => name);
  };
  return {
    area,
    cases,
    differing: { lua54: await differing("lua54"), fengari: await differing("fengari") },
  };
}

async function print(text: string, runtime: RuntimeName): Promise<string> {
  const bench = await openBench(memoryStore().connect, runtime);
  try {
    return await bench.print(text);
  } finally {
    await bench.close();
  }
}

const BEGIN = "<!-- agreement: written by `node scripts/lua-agreement.ts` -->\n";
const END = "<!-- end of the agreement -->\n";

/** The page `text` with the part between its marks as the suite has it. */
export function withAgreement(text: string, areas: readonly Agreement[]): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("The page has lost the marks of the agreement.");
  return text.slice(0, begin + BEGIN.length) + table(areas) + text.slice(end);
}

function table(areas: readonly Agreement[]): string {
  const agreeing = ({ cases, differing }: Agreement, runtime: RuntimeName) =>
    cases.length - differing[runtime].length;
  const sum = (count: (area: Agreement) => number) =>
    areas.reduce((total, area) => total + count(area), 0);
  const row = (name: string, cases: number, counts: readonly number[]) =>
    `| ${name} | ${[cases, ...counts].join(" | ")} |`;
  const otherwise = Map.groupBy(
    areas.flatMap(({ differing }) => differing.fengari),
    (name) => DIFFERENCES.get(name),
  );
  return [
    `| | scripts | ${RUNTIMES.map((runtime) => `\`${runtime}\``).join(" | ")} |`,
    "| --- | --- | --- | --- |",
    ...areas.map((area) =>
      row(
        area.area,
        area.cases.length,
        RUNTIMES.map((runtime) => agreeing(area, runtime)),
      ),
    ),
    row(
      "**all**",
      sum(({ cases }) => cases.length),
      RUNTIMES.map((runtime) => sum((area) => agreeing(area, runtime))),
    ),
    "",
    "| `fengari` answers otherwise because | scripts |",
    "| --- | --- |",
    ...Array.from(otherwise, ([reason, names]) => `| ${reason} | ${names.join(", ")} |`),
    "",
  ].join("\n");
}
