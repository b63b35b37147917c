import { StateError } from "../../../../shared/src/errors.ts";
import { systemCode } from "../backup/faults.ts";

/** An error of the file system as one that names the file the user chose; any other as it is. */
export function fileProblem(error: unknown, file: string, verb: "read" | "written"): unknown {
  if (error instanceof StateError || !(error instanceof Error)) return error;
  if (systemCode(error) === undefined) return error;
  return new StateError(
    verb === "read" ? "unreadable-file" : "unwritable-file",
    `${file} cannot be ${verb}: ${error.message}.`,
    "Choose another file.",
    { cause: error },
  );
}
