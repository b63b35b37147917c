import wasm from "wasmoon/dist/glue.wasm";

/** Compiles Lua, which every thread would take some milliseconds for. */
export function compileLua(): WebAssembly.Module {
  return new WebAssembly.Module(wasm);
}
