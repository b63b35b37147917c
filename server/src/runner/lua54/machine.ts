import { isUtf8 } from "node:buffer";
import { FIRST_UPVALUE, LUA_MASKCOUNT, type LuaApi, type LuaState, type Pointer } from "./api.ts";
import { type Trampolines, trampolines } from "./trampolines.ts";

/** A function of ours as Lua calls it: takes what is on the stack, gives how many results it pushed. */
export type LuaFunction = (L: LuaState) => number;

export interface MachineHost {
  /** Called after about {@link TICK} instructions of any coroutine; may not return. */
  tick(L: LuaState): void;
  /** The script's values need more than they may take, and no garbage is left; does not return. */
  full(): void;
}

/** Lua instructions between two ticks: about 20 microseconds of work. */
export const TICK = 1000;

/** Strings up to so many UTF-16 units are written without asking for memory. */
const SCRATCH_UNITS = 16 * 1024;
const PAGE = 65_536;
/** The machine's memory ends here, as it was compiled. */
const LARGEST = 2 ** 31;

/** What Lua throws to unwind to the nearest protected call. Anything else passes through all of them. */
const JUMP = Symbol("longjmp");

/** Whether something caught is a Lua error on its way, which must go on. */
export const isLuaError = (thrown: unknown): boolean => thrown === JUMP;

/**
 * Lua 5.4 in WebAssembly, and the way in and out of its memory. The compiled code can reach nothing
 * but what is imported here: the clock, more memory, and our own functions. Its calls for files,
 * processes and the environment end the run.
 */
export class LuaMachine {
  readonly api: LuaApi;
  readonly L: LuaState;
  readonly #functions: LuaFunction[] = [];
  readonly #names = new Map<string, Pointer>();
  readonly #trampolines: Trampolines;
  readonly #callIndex: number;
  readonly #hookIndex: number;
  readonly #scratch: Pointer;
  readonly #length: Pointer;
  #heap = Buffer.alloc(0);
  #refused = { block: 0, bytes: 0, growths: -1 };

  /** @param compiled see compile.ts */
  constructor(compiled: WebAssembly.Module, host: MachineHost) {
    const instance = new WebAssembly.Instance(compiled, this.#imports());
    this.api = instance.exports as unknown as LuaApi;
    const { api } = this;
    this.#refresh();
    api.__wasm_call_ctors();
    this.#scratch = api.malloc(3 * SCRATCH_UNITS + 1);
    this.#length = api.malloc(4);
    this.#trampolines = trampolines({
      call: (L) => this.#call(L),
      hook: (L) => host.tick(L),
      refused: (block, bytes) => this.#refuse(block, bytes, host),
      free: api.free,
      realloc: api.realloc,
    });
    const table = api.__indirect_function_table;
    const first = table.grow(3);
    this.#callIndex = first;
    this.#hookIndex = first + 1;
    table.set(this.#callIndex, this.#trampolines.call);
    table.set(this.#hookIndex, this.#trampolines.hook);
    table.set(first + 2, this.#trampolines.allocate);
    this.L = api.lua_newstate(first + 2, 0);
  }

  /** From now on the values may take so many bytes beyond what they take. */
  limitMemory(bytes: number): void {
    const { used, limit } = this.#trampolines;
    limit.value = Math.min(used.value + bytes, LARGEST);
  }

  /** From now on the host's tick is called, in coroutines that are made from now on too. */
  startTicking(): void {
    this.api.lua_sethook(this.L, this.#hookIndex, LUA_MASKCOUNT, TICK);
  }

  /** Whether more memory was ever asked for than there is. */
  get wasRefused(): boolean {
    return this.#refused.growths >= 0;
  }

  /** Pushes a function of ours. What it throws must be a Lua error (lua_error), or ends the run. */
  pushFunction(L: LuaState, body: LuaFunction): void {
    this.#functions.push(body);
    this.api.lua_pushinteger(L, BigInt(this.#functions.length - 1));
    this.api.lua_pushcclosure(L, this.#callIndex, 1);
  }

  /** The C function at an index as one of ours; it acts for the function that is running. */
  cFunction(L: LuaState, index: number): LuaFunction {
    const body = this.api.__indirect_function_table.get(this.api.lua_tocfunction(L, index));
    return (l) => body(l);
  }

  /** Text of ours with a zero at its end, kept for good: for names. */
  name(value: string): Pointer {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const bytes = Buffer.from(value, "utf8");
    const at = this.api.malloc(bytes.length + 1);
    this.#heap.set(bytes, at);
    this.#heap[at + bytes.length] = 0;
    this.#names.set(value, at);
    return at;
  }

  pushText(L: LuaState, value: string): void {
    if (value.length <= SCRATCH_UNITS) {
      const length = this.#heap.write(value, this.#scratch, 3 * SCRATCH_UNITS, "utf8");
      this.api.lua_pushlstring(L, this.#scratch, length);
    } else {
      this.pushBytes(L, Buffer.from(value, "utf8"));
    }
  }

  pushBytes(L: LuaState, value: Uint8Array): void {
    this.withBytes(value, (at) => this.api.lua_pushlstring(L, at, value.length));
  }

  /** Runs `use` with a copy of bytes in the machine's memory. */
  withBytes<T>(value: Uint8Array, use: (at: Pointer) => T): T {
    const at = this.api.malloc(value.length + 1);
    if (at === 0) throw new RangeError("not enough memory in the Lua machine");
    this.#heap.set(value, at);
    this.#heap[at + value.length] = 0;
    try {
      return use(at);
    } finally {
      this.api.free(at);
    }
  }

  /** A copy of the bytes of the string at an index; a number there becomes a string. */
  bytesAt(L: LuaState, index: number): Uint8Array {
    const at = this.api.lua_tolstring(L, index, this.#length);
    return at === 0 ? new Uint8Array() : Uint8Array.from(this.#view(at));
  }

  /** The string at an index (a number there becomes one) as text; undefined when it is not UTF-8. */
  textAt(L: LuaState, index: number): string | undefined {
    const at = this.api.lua_tolstring(L, index, this.#length);
    if (at === 0) return undefined;
    const end = at + this.#heap.readUInt32LE(this.#length);
    for (let i = at; i < end; i++) {
      if ((this.#heap[i] ?? 0) < 128) continue;
      if (!isUtf8(this.#heap.subarray(i, end))) return undefined;
      return this.#heap.toString("utf8", at, end);
    }
    return this.#heap.toString("latin1", at, end);
  }

  /** The same for people: what is not UTF-8 is replaced. */
  shownAt(L: LuaState, index: number): string {
    const at = this.api.lua_tolstring(L, index, this.#length);
    return at === 0 ? "" : Buffer.from(this.#view(at)).toString("utf8");
  }

  /** Signed 32 bits at an address. */
  int32(at: Pointer): number {
    return this.#heap.readInt32LE(at);
  }

  /** C text at an address; "" for NULL. */
  cText(at: Pointer): string {
    if (at === 0) return "";
    return this.#heap.toString("utf8", at, this.#heap.indexOf(0, at));
  }

  #view(at: Pointer): Uint8Array {
    return this.#heap.subarray(at, at + this.#heap.readUInt32LE(this.#length));
  }

  #call(L: LuaState): number {
    const index = this.api.lua_tonumberx(L, FIRST_UPVALUE, 0);
    return this.#functions[index]?.(L) ?? 0;
  }

  /** Lua collects its garbage after a first refusal, and asks again. */
  #refuse(block: Pointer, bytes: number, host: MachineHost): void {
    const growths = this.#trampolines.growths.value;
    const last = this.#refused;
    this.#refused = { block, bytes, growths };
    if (last.block === block && last.bytes === bytes && last.growths === growths) host.full();
  }

  #refresh(): void {
    this.#heap = Buffer.from(this.api.memory.buffer);
  }

  #grow(bytes: number): number {
    const memory = this.api.memory as unknown as { readonly buffer: ArrayBuffer } & {
      grow(pages: number): number;
    };
    const present = memory.buffer.byteLength;
    const wanted = Math.min(Math.max(bytes, present * 1.25), LARGEST - PAGE);
    if (wanted < bytes) return 0;
    try {
      memory.grow(Math.ceil((wanted - present) / PAGE));
    } catch {
      return 0;
    }
    this.#refresh();
    return 1;
  }

  #imports(): object {
    const allowed: Record<string, (...values: readonly number[]) => unknown> = {
      emscripten_date_now: () => Date.now(),
      emscripten_resize_heap: (bytes = 0) => this.#grow(bytes >>> 0),
      _emscripten_throw_longjmp: () => {
        throw JUMP;
      },
      invoke_vii: (index = 0, a = 0, b = 0) => this.#protect(index, a, b),
      // The environment is empty.
      environ_sizes_get: (count = 0, size = 0) => {
        this.#heap.writeUInt32LE(0, count);
        this.#heap.writeUInt32LE(0, size);
        return 0;
      },
      environ_get: () => 0,
    };
    const module = (name: string) =>
      new Proxy(
        {},
        {
          get: (_, wanted) =>
            allowed[String(wanted)] ??
            (() => {
              throw new Error(
                `Lua called ${name}.${String(wanted)}, which it has no business with`,
              );
            }),
        },
      );
    return { env: module("env"), wasi_snapshot_preview1: module("wasi") };
  }

  /** What setjmp compiles to: a call that a long jump ends. */
  #protect(index: number, a: number, b: number): void {
    const { api } = this;
    const stack = api.stackSave();
    try {
      api.__indirect_function_table.get(index)(a, b);
    } catch (error) {
      if (error !== JUMP) throw error;
      api.stackRestore(stack);
      api.setThrew(1, 0);
    }
  }
}
