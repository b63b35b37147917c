import type { Block, Chunk, Comment, StringLiteral } from "./ast.ts";
import { type Brackets, pairBrackets } from "./brackets.ts";
import { checkJumps } from "./jumps.ts";
import { type Lexed, lex, lexPart } from "./lexer.ts";
import { movePart } from "./move.ts";
import { Parser, type Run } from "./parser.ts";
import type { Part } from "./part.ts";
import type { SyntaxProblem } from "./span.ts";
import { lineStart, TokenCursor } from "./token-cursor.ts";
import type { Token } from "./tokens.ts";

export interface Parsed {
  readonly chunk: Chunk;
  /** In the text's order, without echoes of one another; empty when the grammar is kept. */
  readonly problems: readonly SyntaxProblem[];
  /** What a later parse may take over. */
  readonly parts: readonly Part[];
  /** How many parses in a row took something over. */
  readonly age: number;
  /** A later parse has taken parts over and moved them: no other one can. */
  spent: boolean;
}

/** Problems told of one text at most; the rest are mostly echoes. */
const MAX_PROBLEMS = 20;
/** Tokens behind a statement that may decide where it ends. */
const LOOKAHEAD = 2;
/** From so many texts something is taken over, then all is parsed: each part keeps the one it was cut out of. */
const MOST_TEXTS = 20;
/** After how many more parts it is tried to go on with those of the text before. */
const MEETINGS = [0, 2, 12];

/**
 * Parses a Lua 5.4 chunk (5.3 is part of it). Never fails: half-typed code gives a tree too.
 * @param before of an earlier text: what did not change of it is not parsed again but moved to where it
 * stands now, so that nobody may go by positions in it any more. The result is the same with it and without.
 */
export function parse(text: string, before?: { text: string; parsed: Parsed }): Parsed {
  const usable = before === undefined || before.parsed.spent ? undefined : before;
  const age = (usable?.parsed.age ?? 0) + 1;
  const parts = usable && changedParts(usable, text, age);
  if (parts === undefined || usable === undefined) return assemble(text, allParts(text), 0);
  usable.parsed.spent = true;
  return assemble(text, parts, age);
}

function allParts(text: string): readonly Part[] {
  const lexed = lex(text);
  const brackets = pairBrackets(lexed.tokens);
  const cursor = new TokenCursor(text, lexed, brackets);
  const end = lexed.tokens.length - 1;
  const runs = new Parser(text, cursor).runs(brackets.outermost, end);
  return toParts(runs, lexed, brackets, { start: 0, end, made: 0 });
}

/** undefined: too much of the text is different, and nothing has moved. */
function changedParts(
  { text: old, parsed: { parts } }: { text: string; parsed: Parsed },
  text: string,
  made: number,
): readonly Part[] | undefined {
  const same = commonStart(old, text);
  const sameAtEnd = commonEnd(old, text, same);
  const kept = countOf(parts, ({ reach }) => reach < same);
  const end = old.length - sameAtEnd;
  // Indentation counts: the line that a part begins on must be the same from its beginning.
  const changed = parts.findIndex(
    ({ start }, i) => i > kept && start > end && lineStart(old, start) > end,
  );
  const shift = text.length - old.length;
  for (const more of MEETINGS) {
    const meeting = changed < 0 ? parts.length : Math.min(changed + more, parts.length);
    const between = partsBetween(text, parts, { from: kept, to: meeting, shift, made });
    if (between !== undefined) {
      const behind = parts.slice(meeting);
      const all = [...parts.slice(0, kept), ...between, ...behind];
      if (new Set(all.map((part) => part.made)).size > MOST_TEXTS) return undefined;
      for (const part of behind) movePart(part, shift);
      return all;
    }
    if (meeting === parts.length) return undefined;
  }
  return undefined;
}

/** The parts of the new text between two of the old ones; undefined where they do not meet. */
function partsBetween(
  text: string,
  parts: readonly Part[],
  { from, to, shift, made }: { from: number; to: number; shift: number; made: number },
): readonly Part[] | undefined {
  const start = parts[from]?.start ?? 0;
  const meeting = parts[to];
  const endOffset = meeting === undefined ? text.length : meeting.start + shift;
  const lexed = lexPart(text, start, endOffset);
  const { tokens } = lexed;
  const end =
    meeting === undefined
      ? tokens.length - 1
      : tokens.findLastIndex((token) => token.start === endOffset && token.startsLine);
  if (end < 0) return undefined;
  const brackets = pairBrackets(tokens, meeting === undefined ? tokens.length : end);
  if (meeting !== undefined && !brackets.closed) return undefined;
  const others = [...parts.slice(0, from), ...parts.slice(to)];
  const balanced = brackets.balanced && others.every((part) => part.balanced);
  const before = parts.every((part) => part.balanced);
  if (balanced !== before && others.some((part) => part.indentCounted)) return undefined;
  const cursor = new TokenCursor(text, lexed, { ...brackets, balanced });
  const runs = new Parser(text, cursor).runs(brackets.outermost, end);
  if (cursor.wentBeyond || (meeting !== undefined && cursor.index !== end)) return undefined;
  if (meeting !== undefined && !cursor.isUntroubled) return undefined;
  return toParts(runs, lexed, brackets, { start, end, made });
}

function toParts(
  runs: readonly Run[],
  { tokens, comments, problems }: Lexed,
  { unpaired }: Brackets,
  { start, end, made }: { start: number; end: number; made: number },
): readonly Part[] {
  const starts = runs.map(({ index }, i) => (i === 0 ? start : (tokens[index]?.start ?? start)));
  // What is read ahead belongs to another part.
  const endOffset = end === tokens.length - 1 ? undefined : tokens[end]?.start;
  const split = <T extends SyntaxProblem | Comment>(all: readonly T[]) =>
    splitAt(all, starts, endOffset ?? Number.POSITIVE_INFINITY);
  const [commentsIn, lexicalIn] = [split(comments), split(problems)];
  const faults = new Set(unpaired);
  return runs.map((run, i): Part => {
    const next = runs[i + 1]?.index ?? end;
    return {
      start: starts[i] ?? start,
      reach: reachOf(tokens, { ...run, next }),
      statements: run.statements,
      bodies: run.bodies,
      comments: commentsIn[i] ?? [],
      lexical: lexicalIn[i] ?? [],
      grammatical: run.problems,
      balanced: faults.size === 0 || !someIn(faults, run.index, next),
      indentCounted: run.indentCounted,
      made,
    };
  });
}

/** Sorts what stands in a text (in its order) into the parts that begin at `starts`. */
function splitAt<T extends { readonly span: { readonly start: number } }>(
  all: readonly T[],
  starts: readonly number[],
  end: number,
): T[][] {
  const parts = starts.map((): T[] => []);
  let part = 0;
  for (const one of all) {
    if (one.span.start >= end) break;
    while ((starts[part + 1] ?? end) <= one.span.start) part += 1;
    parts[part]?.push(one);
  }
  return parts;
}

function someIn(indexes: ReadonlySet<number>, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) if (indexes.has(index)) return true;
  return false;
}

/** Up to where the text decides what a run of statements is. */
function reachOf(
  tokens: readonly Token[],
  { index, next, farthest }: { index: number; next: number; farthest: number },
): number {
  const last = Math.max(next + LOOKAHEAD - 1, farthest);
  if (last >= tokens.length - 1) return Number.POSITIVE_INFINITY;
  // An unclosed long string would end at a bracket anywhere behind it.
  for (let i = index; i <= last; i += 1) {
    if (isOpenEnded(tokens[i]?.literal)) return Number.POSITIVE_INFINITY;
  }
  return tokens[last]?.end ?? Number.POSITIVE_INFINITY;
}

function isOpenEnded(literal: StringLiteral | undefined): boolean {
  return literal?.quote === "long" && !literal.closed;
}

function assemble(text: string, parts: readonly Part[], age: number): Parsed {
  const span = { start: 0, end: text.length };
  const statements = parts.flatMap((part) => part.statements);
  const comments = parts.flatMap((part) => part.comments);
  const body: Block = { kind: "Block", span, statements };
  const chunk: Chunk = { kind: "Chunk", span, body, comments };
  const problems = [
    ...parts.flatMap((part) => part.lexical).slice(0, MAX_PROBLEMS),
    ...parts.flatMap((part) => part.grammatical).slice(0, MAX_PROBLEMS),
  ]
    .sort((a, b) => a.span.start - b.span.start)
    .slice(0, MAX_PROBLEMS);
  const jumps = problems.length > 0 ? problems : [...parts.flatMap(jumpsIn), ...checkJumps(body)];
  return { chunk, problems: jumps, parts, age, spent: false };
}

/** Their spans are those of statements: they move with these. */
function jumpsIn(part: Part): readonly SyntaxProblem[] {
  part.jumps ??= part.bodies.flatMap((block) => checkJumps(block));
  return part.jumps;
}

/** How many of the first ones satisfy a condition. */
function countOf<T>(all: readonly T[], condition: (one: T) => boolean): number {
  const other = all.findIndex((one) => !condition(one));
  return other < 0 ? all.length : other;
}

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let same = 0;
  while (same < most && a.charCodeAt(same) === b.charCodeAt(same)) same += 1;
  return same;
}

/** UTF-16 units that two texts have in common at their ends, behind their common start. */
function commonEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let same = 0;
  while (same < most && a.charCodeAt(a.length - 1 - same) === b.charCodeAt(b.length - 1 - same)) {
    same += 1;
  }
  return same;
}
