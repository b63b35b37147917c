/** Typing in a script as a person does, or as fast as answers come, and what the server's thread does meanwhile. */
import { readFileSync } from "node:fs";
import { line, quantile } from "../engine/support.ts";
import type { LanguageClient } from "./language-client.ts";

/** Where what is typed goes: a new line at the end of a function that the script has. */
export interface Desk {
  readonly uri: string;
  readonly text: string;
  readonly line: number;
}

/** A script to type in, and the line before which there is room. */
export function deskAt(uri: string, text: string): Desk {
  const all = text.split("\n");
  const line = all.findIndex((one, i) => i > all.length / 2 && one === "end") + 1;
  return { uri, text, line };
}

export interface Stop {
  readonly at: number;
  readonly wall: number;
  readonly cpu: number;
}

/** The stops of a server that has ended, as `loop-stops.cjs` wrote them to a file. */
export function readStops(file: string): readonly Stop[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((one) => one !== "")
    .map((one): Stop => JSON.parse(one));
}

/** The pauses since `from` (ms since 1970), which the server tells at its end. */
export function reportStops(name: string, stops: readonly Stop[], from: number, to: number): void {
  const told = stops.filter(({ at }) => at >= from && at < to);
  const worst = (of: "wall" | "cpu") => Math.max(0, ...told.map((stop) => stop[of]));
  line(`longest stop, ${name}`, worst("wall"), worst("cpu"), told.length);
}

function percentiles(values: readonly number[]): number[] {
  return [0.5, 0.95, 0.99, 1].map((part) => quantile(values, part));
}

interface Asked {
  readonly completion: number[];
  readonly hover: number[];
}

const LINE = 'local typed = State.load("user", "profile:';

/**
 * Types a line again and again, a letter at a time, and asks for completion after each; for hovers
 * over what was just typed in turn with that. Gives the ms from the edit to each answer.
 */
export async function type(
  client: LanguageClient,
  { uri, line: at }: Desk,
  count: number,
  pace: () => Promise<void>,
): Promise<Asked> {
  const times: Asked = { completion: [], hover: [] };
  const textDocument = { uri };
  await client.type(uri, { line: at, character: 0 }, "\n");
  for (let typed = 0; typed < count; typed++) {
    await pace();
    const character = typed % LINE.length;
    if (character === 0 && typed > 0) {
      const end = { line: at, character: LINE.length };
      await client.replace(uri, { start: { line: at, character: 0 }, end }, "");
    }
    const kind = typed % 3 === 2 ? "hover" : "completion";
    const began = performance.now();
    await client.type(uri, { line: at, character }, LINE[character] ?? "");
    const position = { line: at, character: character + (kind === "hover" ? 0 : 1) };
    await client.ask(`textDocument/${kind}`, { textDocument, position });
    times[kind].push(performance.now() - began);
    void beside(client, uri);
  }
  return times;
}

/** What VS Code asks after every edit besides, when there is a moment. */
async function beside(client: LanguageClient, uri: string): Promise<void> {
  if (asking.has(client)) return;
  asking.add(client);
  await pause(60);
  const textDocument = { uri };
  const range = { start: { line: 0, character: 0 }, end: { line: 60, character: 0 } };
  const questions: [string, unknown][] = [
    ["textDocument/documentSymbol", { textDocument }],
    ["textDocument/inlayHint", { textDocument, range }],
    ["textDocument/codeLens", { textDocument }],
    ["textDocument/semanticTokens/full", { textDocument }],
  ];
  await Promise.all(questions.map(([method, params]) => client.ask(method, params).catch(() => 0)));
  asking.delete(client);
}

const asking = new Set<LanguageClient>();

export function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}

let seed = 7;
/** 150 to 350 ms, the same in every run. */
export async function typist(): Promise<void> {
  seed = (seed * 1103515245 + 12345) % 2 ** 31;
  await pause(150 + (200 * seed) / 2 ** 31);
}

export async function unhurried(): Promise<void> {}

export function reportAnswers(name: string, { completion, hover }: Asked): void {
  line(`completion, ${name}`, ...percentiles(completion));
  line(`hover, ${name}`, ...percentiles(hover));
}
