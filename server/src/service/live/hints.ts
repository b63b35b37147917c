import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { StateView } from "../../engine/types.ts";
import { previewValue } from "../../engine/values/preview.ts";
import type { ScriptModel, Span, StateUse } from "../../language/model.ts";
import type { Expression } from "../../language/syntax/ast.ts";
import { visitExpressionsAt } from "../../language/syntax/walk.ts";
import { describePart } from "../describe.ts";
import { allUses } from "../known-names.ts";
import { loadedFrom, storedParts } from "../loaded.ts";

/** A stored value to show behind the call that loads it. */
export interface LiveHint {
  /** Where the call ends. */
  readonly offset: number;
  /** `= "dark"`, masked. */
  readonly label: string;
  /** Markdown; absent where nothing is stored. */
  readonly tooltip?: string;
}

/** Hints for one question. */
const MOST = 300;
/** Characters of a value. */
const PREVIEW = 40;

export interface HintOptions {
  readonly model: ScriptModel;
  readonly view: StateView;
  /** Only calls that end here, UTF-16. */
  readonly within: Span;
  /** ms since 1970, for ages */
  readonly now: number;
}

/** What the loads of a script give now, where it is known which entry they load. */
export async function liveHints({ model, view, within, now }: HintOptions): Promise<LiveHint[]> {
  const ends = new Set<number>();
  const hints: LiveHint[] = [];
  for (const use of allUses(model)) {
    const { member, kind, span, method } = use;
    if (hints.length >= MOST) break;
    if (kind !== "call" || method || STATE_MEMBERS.get(member)?.access !== "read") continue;
    if (span.end < within.start || span.end > within.end || ends.has(span.end)) continue;
    const call = isClosed(model, use) ? callAt(model, span) : undefined;
    if (call === undefined) continue;
    const hint = await hintFor(model, view, call, now);
    if (hint === undefined) continue;
    ends.add(span.end);
    hints.push(hint);
  }
  return hints;
}

async function hintFor(
  model: ScriptModel,
  view: StateView,
  call: Expression,
  now: number,
): Promise<LiveHint | undefined> {
  const offset = call.span.end;
  if (loadedFrom(model, call).length !== 1) return undefined;
  const [part] = await storedParts(model, call, view);
  if (part === undefined) return { offset, label: "= nil" };
  return {
    offset,
    label: `= ${previewValue(part.value, PREVIEW)}`,
    tooltip: describePart(part, now),
  };
}

/** While a call is being typed, there is no end to show anything at. */
function isClosed({ text }: ScriptModel, { span, argsSpan }: StateUse): boolean {
  if (argsSpan === undefined) return false;
  return text[span.end - 1] === ")" || text[argsSpan.start - 1] !== "(";
}

function callAt(model: ScriptModel, { start, end }: Span): Expression | undefined {
  let found: Expression | undefined;
  visitExpressionsAt(model.chunk.body, end, (expression) => {
    const { span } = expression;
    if (expression.kind === "Call" && span.start === start && span.end === end) found = expression;
  });
  return found;
}
