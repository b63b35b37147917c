import { parentPort } from "node:worker_threads";
import type { CompiledMessage } from "./wire.ts";

/** Compiles Lua 5.4 and hands it to the host for later threads. To be called before any script code runs. */
export async function compiledHere(): Promise<WebAssembly.Module> {
  // Late, so that a thread that is given it, or runs another Lua, does not unpack its bytes.
  const { compileLua } = await import("./lua54/compile.ts");
  const compiled = compileLua();
  parentPort?.postMessage({ type: "compiled", compiled } satisfies CompiledMessage);
  return compiled;
}
