/** A small seeded generator (mulberry32): the same seed gives the same programs everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

const NAMES = ["a", "b", "State", "x1", "_y", "self", "key"];
const LABELS = ["top", "done"];
const LITERALS = [
  "1",
  "0x1F",
  "3.5",
  ".5e-3",
  "0x.8p2",
  "'s'",
  '"t\\n\\z  u"',
  '"\\u{1F600}é😀"',
  "[[long]]",
  "[==[ ]] ]==]",
  "nil",
  "true",
  "false",
  "...",
  "{}",
  "{1, 2; 3}",
  "{a = 1, [2] = b, c}",
];
const BINARY = "+ - * / // % ^ & ~ | << >> .. == ~= < > <= >= and or".split(" ");
const UNARY = ["-", "not ", "#", "~"];
const SPACES = [" ", " ", " ", "\n", "\r\n", "\t", " --c\n", " --[[ c ]] "];

/** Programs that are mostly valid Lua 5.4, with `goto`, attributes and all statements. */
export class Programs {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  program(): string {
    return this.#block(4).join("");
  }

  /** A program with some tokens removed, doubled, swapped or put in. */
  mutant(): string {
    const tokens = this.#block(4);
    const edits = 1 + this.#random.below(3);
    for (let i = 0; i < edits; i += 1) {
      const at = this.#random.below(tokens.length);
      const edit = this.#random.below(4);
      if (edit === 0) tokens.splice(at, 1);
      else if (edit === 1) tokens.splice(at, 0, tokens[at] ?? "");
      else if (edit === 2) tokens.splice(at, 1, this.#random.pick(tokens));
      else tokens.splice(at, 0, this.#random.pick(EXTRA), " ");
    }
    return ` ${tokens.join("")}`;
  }

  #space(): string {
    return this.#random.pick(SPACES);
  }

  #words(...words: readonly (string | readonly string[])[]): string[] {
    return words.flatMap((word) => (typeof word === "string" ? [word, this.#space()] : word));
  }

  #block(depth: number): string[] {
    const count = this.#random.below(4);
    const statements = Array.from({ length: count }, () => this.#statement(depth));
    if (this.#random.below(8) === 0)
      statements.push(this.#words("return", this.#expression(depth)));
    return statements.flatMap((statement) => [...statement, this.#random.pick(["\n", ";", " ; "])]);
  }

  #statement(depth: number): string[] {
    const name = this.#random.pick(NAMES);
    const kind = this.#random.below(depth <= 0 ? 6 : 16);
    switch (kind) {
      case 0:
        return this.#words("local", name, "=", this.#expression(depth));
      case 1: {
        const attribute = this.#random.pick(["<const>", "<close>", "< const >"]);
        return this.#words("local", `${name} ${attribute}`, "=", this.#expression(depth));
      }
      case 2:
        return this.#words(this.#target(depth), "=", this.#expression(depth));
      case 3:
        return this.#words(
          this.#target(depth),
          ",",
          this.#target(depth),
          "=",
          this.#expression(depth),
        );
      case 4:
        return this.#callOf(depth);
      case 5:
        return this.#random.below(3) === 0
          ? this.#words(this.#random.pick(["break", `goto ${this.#random.pick(LABELS)}`]))
          : [`::${this.#random.pick(LABELS)}::`];
      case 6:
        return this.#words("do", this.#block(depth - 1), "end");
      case 7:
        return this.#words(
          "while",
          this.#expression(depth - 1),
          "do",
          this.#block(depth - 1),
          "end",
        );
      case 8:
        return this.#words("repeat", this.#block(depth - 1), "until", this.#expression(depth - 1));
      case 9:
      case 10:
        return this.#if(depth - 1);
      case 11:
        return this.#words(
          `for ${name} = 1,`,
          this.#expression(0),
          "do",
          this.#block(depth - 1),
          "end",
        );
      case 12:
        return this.#words(
          `for ${name}, v in`,
          this.#expression(1),
          "do",
          this.#block(depth - 1),
          "end",
        );
      case 13:
        return this.#words("function", `${name}.f:m`, this.#functionRest(depth - 1));
      case 14:
        return this.#words("local", "function", name, this.#functionRest(depth - 1));
      default:
        return this.#words("local", `${name}, other`, "=", this.#expression(depth), ",", "2");
    }
  }

  #if(depth: number): string[] {
    const head = this.#words("if", this.#expression(depth), "then", this.#block(depth));
    const middle =
      this.#random.below(3) === 0
        ? this.#words("elseif", this.#expression(depth), "then", this.#block(depth))
        : [];
    const tail = this.#random.below(3) === 0 ? this.#words("else", this.#block(depth)) : [];
    return [...head, ...middle, ...tail, "end"];
  }

  #functionRest(depth: number): string[] {
    const parameters = this.#random.pick(["()", "(a)", "(a, b)", "(...)", "(a, ...)"]);
    return this.#words(parameters, this.#block(depth), "end");
  }

  #target(depth: number): string[] {
    const name = this.#random.pick(NAMES);
    const kind = this.#random.below(3);
    if (kind === 0) return this.#words(name);
    if (kind === 1) return this.#words(`${name}.field`);
    return this.#words(name, "[", this.#expression(depth - 1), "]");
  }

  #callOf(depth: number): string[] {
    const callee = this.#random.pick([
      "State.load",
      "f",
      "a:m",
      "a.b.c",
      "(a or b)",
      'State["save"]',
    ]);
    const kind = this.#random.below(4);
    if (kind === 0) return [callee, this.#random.pick(["'k'", "{1}", "[[k]]"]), " "];
    if (kind === 1) return [callee, "()", " "];
    return this.#words(
      `${callee}(`,
      this.#expression(depth - 1),
      ",",
      this.#expression(depth - 1),
      ")",
    );
  }

  #expression(depth: number): string[] {
    const kind = this.#random.below(depth <= 0 ? 3 : 9);
    switch (kind) {
      case 0:
      case 1:
        return this.#words(this.#random.pick(LITERALS));
      case 2:
        return this.#words(this.#random.pick(NAMES));
      case 3:
      case 4:
        return this.#words(
          this.#expression(depth - 1),
          this.#random.pick(BINARY),
          this.#expression(depth - 1),
        );
      case 5:
        return [this.#random.pick(UNARY), " ", ...this.#expression(depth - 1)];
      case 6:
        return this.#words("(", this.#expression(depth - 1), ")");
      case 7:
        return this.#callOf(depth - 1);
      default:
        return this.#words("function", this.#functionRest(depth - 1));
    }
  }
}

const EXTRA = [
  "end",
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  "local",
  "function",
  "if",
  "then",
  "else",
  "until",
  "=",
  ",",
  ".x",
  "::",
  "'",
  '"',
  "[[",
  "--",
  "1e",
  "..",
  "...",
  "@",
  "<",
  "goto",
  "return",
  "break",
  "a",
  "é",
];
