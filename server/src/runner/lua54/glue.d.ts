/** Lua 5.4 compiled to WebAssembly, as wasmoon ships it; esbuild puts its bytes into the bundle. */
declare module "wasmoon/dist/glue.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  // biome-ignore lint/style/noDefaultExport: that is how esbuild's loader gives it
  export default bytes;
}

/** The part of the global that is used; Node's types leave it to those of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: object;
  }
}
