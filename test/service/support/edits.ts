import type { RenameEdit } from "../../../server/src/service/rename/edits.ts";

/** A text after edits, which are in its order and do not overlap. */
export function withEdits(
  text: string,
  edits: readonly Pick<RenameEdit, "span" | "newText">[],
): string {
  return edits
    .toReversed()
    .reduce(
      (done, { span, newText }) => done.slice(0, span.start) + newText + done.slice(span.end),
      text,
    );
}
