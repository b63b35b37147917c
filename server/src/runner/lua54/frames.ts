import type { LuaPosition } from "../runtime.ts";
import type { LuaState, Pointer } from "./api.ts";
import type { LuaMachine } from "./machine.ts";

/** How far up a line is looked for, and how many frames each end of a traceback shows. */
const FRAMES = 50;
const SHOWN = 11;

/** Where the fields of `lua_Debug` lie, and its size, with pointers of 32 bits. */
const NAME = 4;
const NAME_KIND = 8;
const WHAT = 12;
const SOURCE = 16;
const CURRENT_LINE = 24;
const LINE_DEFINED = 28;
const SHORT_SOURCE = 44;
const SIZE = 108;

/**
 * What is known of the functions that run. Looking takes no memory of Lua's, so it can be done at any
 * moment, also when there is none left.
 */
export class Frames {
  readonly #machine: LuaMachine;
  readonly #record: Pointer;
  readonly #what: Pointer;

  constructor(machine: LuaMachine) {
    this.#machine = machine;
    this.#record = machine.api.malloc(SIZE);
    this.#what = machine.name("nSl");
  }

  /** The first frame with a line at or above `level`, among so many. */
  position(L: LuaState, level: number, frames = FRAMES): LuaPosition | undefined {
    for (let i = level; i < level + frames && this.#look(L, i); i++) {
      const line = this.#number(CURRENT_LINE);
      if (line > 0) return { chunk: this.#chunk(), line };
    }
    return undefined;
  }

  /** As `debug.traceback` has it, without the frames below the script's own. */
  traceback(L: LuaState, level: number): string {
    const last = this.#depth(L, level);
    const lines = ["stack traceback:"];
    for (let i = level; i < last; i++) {
      if (i === level + SHOWN - 1 && last - level > 2 * SHOWN) {
        const skipped = last - level - 2 * SHOWN + 1;
        lines.push(`...\t(skipping ${skipped} levels)`);
        i += skipped;
      }
      this.#look(L, i);
      lines.push(this.#line());
    }
    while (lines.at(-1) === "[C]: in ?") lines.pop();
    return lines.join("\n\t");
  }

  #line(): string {
    const line = this.#number(CURRENT_LINE);
    const kind = this.#text(NAME_KIND);
    const name = this.#text(NAME);
    const what = this.#text(WHAT);
    const place = `${this.#chunk()}:${line > 0 ? `${line}:` : ""} in `;
    if (kind === "global" || (what === "C" && name !== "")) return `${place}function '${name}'`;
    if (name !== "") return `${place}${kind} '${name}'`;
    if (what === "main") return `${place}main chunk`;
    return what === "C"
      ? `${place}?`
      : `${place}function <${this.#chunk()}:${this.#number(LINE_DEFINED)}>`;
  }

  /** How many levels there are; each look walks up from the first, so few looks are taken. */
  #depth(L: LuaState, from: number): number {
    let present = from - 1;
    let missing = from + 1;
    while (this.#exists(L, missing)) {
      present = missing;
      missing *= 2;
    }
    while (missing - present > 1) {
      const middle = (present + missing) >> 1;
      if (this.#exists(L, middle)) present = middle;
      else missing = middle;
    }
    return missing;
  }

  #exists = (L: LuaState, level: number) =>
    this.#machine.api.lua_getstack(L, level, this.#record) !== 0;

  #look(L: LuaState, level: number): boolean {
    if (!this.#exists(L, level)) return false;
    this.#machine.api.lua_getinfo(L, this.#what, this.#record);
    return true;
  }

  /** The whole name of a chunk of ours; Lua shortens it. */
  #chunk(): string {
    const source = this.#text(SOURCE);
    return source.startsWith("@")
      ? source.slice(1)
      : this.#machine.cText(this.#record + SHORT_SOURCE);
  }

  #number = (field: number) => this.#machine.int32(this.#record + field);
  #text = (field: number) => this.#machine.cText(this.#machine.int32(this.#record + field));
}
