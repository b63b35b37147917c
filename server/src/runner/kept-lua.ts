/**
 * Lua as V8 compiled it, for the threads of later runs: what V8 has made of it, and what it has learnt to run
 * fast, goes along. It lives as long as what starts the runs.
 */
export class KeptLua {
  #compiled: WebAssembly.Module | undefined;

  /** undefined: the next thread compiles it, and tells. */
  get compiled(): WebAssembly.Module | undefined {
    return this.#compiled;
  }

  /** The first is kept, which a thread told before any script ran in it. */
  keep(compiled: WebAssembly.Module): void {
    this.#compiled ??= compiled;
  }
}
