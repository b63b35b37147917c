/**
 * What understanding a script costs, as ratios within one run: `node bench/language/parse.bench.ts`.
 * The scripts are the guide's blocks, one after another.
 */
import { globSync, readFileSync } from "node:fs";
import { placeAt } from "../../server/src/language/place.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { parse } from "../../server/src/language/syntax/parse.ts";

const RUNS = 15;

const blocks = globSync("test/fixtures/guide/**/*.lua")
  .sort()
  .map((file) => `do\n${readFileSync(file, "utf8")}\nend\n`);

/** A script of at least so many lines. */
function script(lines: number): string {
  let text = "";
  for (let i = 0; text.split("\n").length <= lines; i += 1) text += blocks[i % blocks.length];
  return text;
}

/** Milliseconds: the median of some runs, the first ones left out. */
function median(work: () => unknown): number {
  const times: number[] = [];
  for (let run = 0; run < RUNS + 3; run += 1) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  const measured = times.slice(3).sort((a, b) => a - b);
  return measured[measured.length >> 1] ?? 0;
}

/** A letter more in the middle of a script each time: its model and all uses, from those before. */
function editing(text: string): () => unknown {
  const at = text.indexOf("\ndo\n", text.length >> 1) + 1;
  let model = buildScriptModel(text);
  let typed = "";
  return () => {
    typed += "x";
    model = buildScriptModel(
      `${text.slice(0, at)}local ${typed}\n${text.slice(at)}`,
      undefined,
      model,
    );
    return model.uses;
  };
}

const rows = [200, 2_000, 20_000].map((lines) => {
  const text = script(lines);
  const model = buildScriptModel(text);
  const parsing = median(() => parse(text));
  const whole = median(() => buildScriptModel(text));
  const place = median(() => placeAt(model, text.length >> 1));
  const edited = median(editing(text));
  return { lines: text.split("\n").length, parsing, whole, place, edited };
});

const perLine = (rows[0]?.whole ?? 1) / (rows[0]?.lines ?? 1);
for (const { lines, parsing, whole, place, edited } of rows) {
  console.log(
    [
      `${lines} lines: parse ${parsing.toFixed(2)} ms, model ${whole.toFixed(2)} ms`,
      `(${(whole / parsing).toFixed(1)} times the parse,`,
      `${(whole / lines / perLine).toFixed(2)} times as much a line as the first),`,
      `place ${place.toFixed(3)} ms,`,
      `after a letter, with all uses, ${edited.toFixed(2)} ms`,
    ].join(" "),
  );
}
