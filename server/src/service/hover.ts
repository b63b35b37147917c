import { STATE_MEMBERS } from "../../../shared/src/api.ts";
import type { StateView } from "../engine/types.ts";
import type { Argument, KnownText, ScriptModel, Span, StateUse } from "../language/model.ts";
import { placeAt } from "../language/place.ts";
import type { Expression } from "../language/syntax/ast.ts";
import { visitExpressionsAt } from "../language/syntax/walk.ts";
import { type Touched, touchedBy } from "../language/touched.ts";
import { matches } from "../language/values/matching.ts";
import { describeEntry, describeNamespace, describePart, entryTitle } from "./describe.ts";
import { describeUses } from "./describe-uses.ts";
import { count } from "./format.ts";
import { describePattern, knownPrefix } from "./known-names.ts";
import { storedParts } from "./loaded.ts";
import { codeSpan, link } from "./markdown.ts";
import { describeMember, describeUnknownMember } from "./members.ts";
import { previewLine, READ_FOR_PREVIEW } from "./present-entry.ts";
import type { Hover, HoverOptions } from "./types.ts";

/** How many entries or namespaces a pattern is held against. */
const SEARCHED = 500;
const EXAMPLES = 5;

/**
 * What is known of the member, namespace or key at an offset (UTF-16): documentation, and what is
 * stored now, masked where sensitive. undefined where there is nothing of State.
 */
export async function hover(options: HoverOptions): Promise<Hover | undefined> {
  const place = placeAt(options.model, options.offset);
  if (place.kind === "member") return hoverMember(options, place.use);
  if (place.kind === "field" || place.kind === "none") return await hoverLoaded(options);
  if (place.argument === undefined) return undefined;
  const touched = touchedBy(place.use);
  if (touched === undefined) return undefined;
  const stored = await describeArgument(options, touched, place.argument);
  if (stored === undefined) return undefined;
  const inKey = place.argument === touched.keyArgument;
  const inCode = inKey ? describeUses(options.workspace, touched, options.links) : undefined;
  const actions = inKey ? actionsFor(options, touched) : undefined;
  const markdown = [stored, inCode, actions].filter((text) => text !== undefined).join("\n\n");
  return { span: place.argument.span, markdown };
}

/** Links to the value, its history and its references, where the client has them. */
function actionsFor({ links }: HoverOptions, { namespace, key }: Touched): string | undefined {
  const command = links?.command;
  if (command === undefined || namespace.kind !== "exact" || key?.kind !== "exact")
    return undefined;
  const entry = { namespace: namespace.text, key: key.text.normalize("NFC") };
  return [
    link("Show value", command("showValue", entry)),
    link("History", command("showHistory", entry)),
    link("References", command("findReferences", entry)),
  ].join(" · ");
}

/** A variable that holds a loaded value, or a field of one. */
async function hoverLoaded({ model, view, offset, now }: HoverOptions): Promise<Hover | undefined> {
  const named = namedAt(model, offset);
  if (named === undefined || view === undefined) return undefined;
  const [part] = await storedParts(model, named.expression, view);
  return part && { span: named.span, markdown: describePart(part, now) };
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

function hoverMember({ configuration }: HoverOptions, use: StateUse): Hover | undefined {
  if (use.member === "") return undefined;
  const member = STATE_MEMBERS.get(use.member);
  return {
    span: use.memberSpan,
    markdown:
      member === undefined
        ? describeUnknownMember(use.member)
        : describeMember(member, configuration),
  };
}

async function describeArgument(
  { view, now }: HoverOptions,
  { namespace, key, namespaceArgument, keyArgument }: Touched,
  argument: Argument,
): Promise<string | undefined> {
  if (view === undefined) return undefined;
  if (argument === namespaceArgument) return await describeNamespaceText(view, namespace, now);
  if (argument !== keyArgument || key === undefined) return undefined;
  return await describeKeyText(view, namespace, key, now);
}

async function describeNamespaceText(
  view: StateView,
  namespace: KnownText,
  now: number,
): Promise<string | undefined> {
  if (namespace.kind === "unknown") return undefined;
  if (namespace.kind === "exact") {
    const summary = await view.namespace(namespace.text);
    if (summary !== undefined) return describeNamespace(summary, now);
    return `Namespace ${codeSpan(namespace.text)}: nothing is stored in it.`;
  }
  const found = (await view.namespaces()).filter((one) => matches(namespace, one.namespace));
  return patternText(
    `Namespaces ${codeSpan(describePattern(namespace))}`,
    found.map((one) => `${codeSpan(one.namespace)}: ${count(one.keys, "key")}`),
    false,
  );
}

async function describeKeyText(
  view: StateView,
  namespace: KnownText,
  key: KnownText,
  now: number,
): Promise<string | undefined> {
  if (namespace.kind !== "exact" || key.kind === "unknown") return undefined;
  if (key.kind === "pattern") return await describeKeyPattern(view, namespace.text, key);
  const entry = await view.entry(namespace.text, key.text.normalize("NFC"));
  if (entry !== undefined) return describeEntry(entry, now);
  return `${entryTitle(namespace.text, key.text)} is not stored.`;
}

async function describeKeyPattern(
  view: StateView,
  namespace: string,
  pattern: KnownText,
): Promise<string> {
  const page = await view.page(namespace, {
    prefix: knownPrefix(pattern),
    limit: SEARCHED,
    maxValueBytes: READ_FOR_PREVIEW,
  });
  const found = page.filter((entry) => matches(pattern, entry.key));
  return patternText(
    `Keys ${entryTitle(namespace, describePattern(pattern))}`,
    found.map((entry) => `${codeSpan(entry.key)}: ${codeSpan(previewLine(entry))}`),
    page.length === SEARCHED,
  );
}

function patternText(title: string, lines: readonly string[], more: boolean): string {
  if (lines.length === 0) return `${title}: nothing stored matches${more ? " so far" : ""}.`;
  const examples = lines.slice(0, EXAMPLES).map((line) => `- ${line}`);
  const rest = lines.length - examples.length;
  if (rest > 0) examples.push(`- … ${rest}${more ? " and more" : ""} others`);
  const stored = `${lines.length}${more ? " or more" : ""} stored`;
  return `${title}: ${stored}\n\n${examples.join("\n")}`;
}
