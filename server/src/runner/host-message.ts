import { messageOf, StateError } from "../../../shared/src/errors.ts";
import { ScriptError } from "./runtime.ts";

/** What a script sees of an error of ours. */
export function hostMessage(error: unknown): string {
  if (error instanceof StateError) return `${error.message} ${error.next} (${error.code})`;
  if (error instanceof ScriptError) return error.message;
  return nativeMessage(error);
}

/** What a script sees of an error of the runtime itself, which must not hand it our objects. */
export function nativeMessage(error: unknown): string {
  if (error instanceof RangeError) {
    return /call stack/i.test(error.message) ? "stack overflow" : "not enough memory";
  }
  return `error in the Lua runtime: ${messageOf(error)}`;
}
