/**
 * What scripts ask most, as text that costs little to write and to read: a letter, and what belongs to
 * it between NULs, which neither names, nor paths, nor JSON have. A value crosses as the JSON that it is.
 */
import { fromProblem, toProblem } from "../../../shared/src/errors.ts";
import type { Engine } from "./engine.ts";
import type { Json, Origin } from "./types.ts";

/** A question as text. */
export type Question = string;

export const askEntry = (namespace: string, key: string): Question => `l\0${namespace}\0${key}`;
export const askKeys = (namespace: string): Question => `k\0${namespace}`;
/** A save as scripts mean it: an empty table stays `[]` where that is replaced. */
export const askSave = (origin: Origin, namespace: string, key: string, value: Json): Question =>
  `s\0${namespace}\0${key}\0${value}\0${origin}`;
export const askDelete = (origin: Origin, namespace: string, key: string): Question =>
  `d\0${namespace}\0${key}\0${origin}`;

/** Whether what is asked may change the state. */
export const isWrite = (question: Question): boolean =>
  question.startsWith("s") || question.startsWith("d");

/**
 * The answer as text.
 * @param origin who asks, whatever the question says; undefined: it is trusted to say
 */
export async function answerTo(
  question: Question,
  engine: Pick<Engine, "entry" | "keys" | "save" | "delete">,
  origin: Origin | undefined,
): Promise<string> {
  try {
    const parts = question.split("\0");
    const [letter, namespace = "", key = ""] = parts;
    switch (letter) {
      case "l": {
        const entry = await engine.entry(namespace, key);
        if (entry === undefined) return "-";
        return (entry.plain ? "p" : "j") + entry.value;
      }
      case "k":
        return `p${JSON.stringify(await engine.keys(namespace))}`;
      case "s": {
        const [, , , value = "", said = ""] = parts;
        const saved = await engine.save(origin ?? said, namespace, key, value, SAVING);
        return `j${JSON.stringify(saved)}`;
      }
      case "d": {
        const deleted = await engine.delete(origin ?? parts[3] ?? "", namespace, key);
        return deleted === undefined ? "-" : `j${JSON.stringify(deleted)}`;
      }
      default:
        throw new Error(`nobody asks ${JSON.stringify(letter)}`);
    }
  } catch (error) {
    return `!${JSON.stringify(toProblem(error))}`;
  }
}

const SAVING = { keepEmptyArrays: true };

/** What an answer holds. */
export interface Answer {
  /** The entry's value, the list of keys, or the ChangeDetail. */
  readonly json: Json;
  /** `JSON.parse` loses nothing of it. */
  readonly plain: boolean;
}

/** What an answer says; undefined: there is nothing. @throws StateError what the engine refuses */
export function readAnswer(text: string): Answer | undefined {
  if (text === "-") return undefined;
  const json = text.slice(1);
  if (text.startsWith("!")) throw fromProblem(JSON.parse(json));
  return { json, plain: text.startsWith("p") };
}
