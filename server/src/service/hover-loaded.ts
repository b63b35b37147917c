import { previewValue } from "../engine/values/preview.ts";
import type { ScriptModel, Span } from "../language/model.ts";
import type { Expression } from "../language/syntax/ast.ts";
import { visitExpressionsAt } from "../language/syntax/walk.ts";
import { describePart, entryTitle } from "./describe.ts";
import { describePattern } from "./known-names.ts";
import { type LikelyPart, likelyParts, storedParts } from "./loaded.ts";
import { codeSpan } from "./markdown.ts";
import type { Hover, HoverOptions } from "./types.ts";

const EXAMPLES = 5;
/** Characters of one example. */
const PREVIEW = 80;

/** What is stored behind a variable that holds a loaded value, or a field of one. */
export async function hoverLoaded({
  model,
  view,
  offset,
  now,
}: HoverOptions): Promise<Hover | undefined> {
  const named = namedAt(model, offset);
  if (named === undefined || view === undefined) return undefined;
  const { expression, span } = named;
  const [part] = await storedParts(model, expression, view);
  if (part !== undefined) return { span, markdown: describePart(part, now) };
  const [likely] = await likelyParts(model, expression, view);
  return likely && { span, markdown: describeLikely(likely) };
}

/** Of an entry whose key is computed, or of an item of a list: some that it may be. */
function describeLikely({ namespace, key, path, values }: LikelyPart): string {
  const names = path.map((name) => name ?? "*");
  const within = names.length === 0 ? "" : `, field ${codeSpan(names.join("."))}`;
  const examples = values.slice(0, EXAMPLES).map(({ entry, value }) => {
    const text = codeSpan(previewValue(value, PREVIEW));
    return key.kind === "exact" ? `- ${text}` : `- ${codeSpan(entry.key)}: ${text}`;
  });
  const title = `${entryTitle(namespace, describePattern(key))}${within}`;
  return `${title}, for example:\n\n${examples.join("\n")}`;
}

/** The innermost name or field at an offset, with the expression that it completes. */
function namedAt(
  model: ScriptModel,
  offset: number,
): { readonly expression: Expression; readonly span: Span } | undefined {
  let found: { expression: Expression; span: Span } | undefined;
  visitExpressionsAt(model.chunk.body, offset, (expression) => {
    const span =
      expression.kind === "Identifier"
        ? expression.span
        : expression.kind === "Member"
          ? expression.name?.span
          : expression.kind === "Index"
            ? expression.index.span
            : undefined;
    if (span !== undefined && offset >= span.start && offset <= span.end) {
      found = { expression, span };
    }
  });
  return found ?? declaredAt(model, offset);
}

/** A local's name where it is declared. */
function declaredAt(
  { scopes }: ScriptModel,
  offset: number,
): { readonly expression: Expression; readonly span: Span } | undefined {
  for (const { declaration } of scopes.locals) {
    if (declaration === undefined) continue;
    const { span } = declaration;
    if (offset >= span.start && offset <= span.end) return { expression: declaration, span };
  }
  return undefined;
}
