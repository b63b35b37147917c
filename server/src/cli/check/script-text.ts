import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { fileProblem } from "../../engine/transfer/file-problem.ts";

export interface ScriptText {
  readonly text: string;
  /** The byte order mark before it, if there is one. */
  readonly mark: string;
  /** Whether the text written back gives the same bytes; else what is no UTF-8 was replaced. */
  readonly exact: boolean;
}

/** @param file absolute path. @throws StateError `unreadable-file` */
export async function readScript(file: string): Promise<ScriptText> {
  try {
    const bytes = await readFile(file);
    const whole = bytes.toString("utf8");
    const mark = whole.startsWith("\uFEFF") ? "\uFEFF" : "";
    return { text: whole.slice(mark.length), mark, exact: isUtf8(bytes) };
  } catch (error) {
    throw fileProblem(error, file, "read");
  }
}
