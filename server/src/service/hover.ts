import { STATE_MEMBERS } from "../../../shared/src/api.ts";
import type { StateView } from "../engine/types.ts";
import type { KnownText, Place, ScriptModel, StateUse } from "../language/model.ts";
import { placeAt } from "../language/place.ts";
import { touchedBy } from "../language/touched.ts";
import { matches } from "../language/values/matching.ts";
import { eachOf } from "../language/variants.ts";
import { describeEntry, describeNamespace, entryTitle } from "./describe.ts";
import { describeUses } from "./describe-uses.ts";
import { count } from "./format.ts";
import { hoverLoaded } from "./hover-loaded.ts";
import { describePattern, knownPrefix } from "./known-names.ts";
import { luaString } from "./lua-strings.ts";
import { codeSpan, link } from "./markdown.ts";
import { describeMember, describeSwitch, suggestedMember } from "./members.ts";
import { type StateName, targetAt, type WrittenTarget } from "./navigation/target.ts";
import { previewLine, READ_FOR_PREVIEW } from "./present-entry.ts";
import type { Hover, HoverOptions } from "./types.ts";

/** How many entries or namespaces a pattern is held against. */
const SEARCHED = 500;
const EXAMPLES = 5;

/**
 * What is known of the member, namespace, key, loaded value or function that reaches State at an
 * offset (UTF-16): documentation, and what is stored now, masked where sensitive. undefined where
 * there is nothing of State.
 */
export async function hover(options: HoverOptions): Promise<Hover | undefined> {
  const { model, offset } = options;
  const place = placeAt(model, offset);
  if (place.kind === "member") return hoverMember(options, place.use);
  const target = place.kind === "field" ? undefined : targetAt(model, offset);
  if (target !== undefined) return await hoverName(options, target);
  const several = place.kind === "argument" ? await hoverSeveral(options, place) : undefined;
  if (several !== undefined) return several;
  return (await hoverLoaded(options)) ?? hoverWrapper(model, offset);
}

async function hoverName(options: HoverOptions, target: WrittenTarget): Promise<Hover | undefined> {
  const { namespace, key, argument } = target;
  const stored = await describeStored(options, namespace, key);
  if (stored === undefined) return undefined;
  const inCode = key && describeUses(options.workspace, { namespace, key }, options.links);
  const actions = actionsFor(options, target);
  const markdown = [stored, inCode, actions].filter((text) => text !== undefined).join("\n\n");
  return { span: argument.literal?.span ?? argument.span, markdown };
}

/** A name that is one of several, each known: what is stored under them. */
async function hoverSeveral(
  { view }: HoverOptions,
  { use, argument, index }: Place & { readonly kind: "argument" },
): Promise<Hover | undefined> {
  if (view === undefined || argument === undefined || use.either === undefined) return undefined;
  const lines: string[] = [];
  for (const one of eachOf(use)) {
    const { namespace, key, keyArgument, namespaceArgument } = touchedBy(one) ?? {};
    if (namespace?.kind !== "exact") continue;
    if (one.args[index] === namespaceArgument) lines.push(`- ${codeSpan(namespace.text)}`);
    if (one.args[index] !== keyArgument || key?.kind !== "exact") continue;
    if (lines.length >= EXAMPLES) continue;
    const entry = await view.entry(namespace.text, key.text.normalize("NFC"));
    const value = entry === undefined ? "not stored" : codeSpan(previewLine(entry));
    lines.push(`- ${entryTitle(namespace.text, key.text)}: ${value}`);
  }
  const told = [...new Set(lines)].slice(0, EXAMPLES);
  if (told.length === 0) return undefined;
  return { span: argument.span, markdown: ["One of:", ...told].join("\n") };
}

/** Links to the value, its history and its references, where the client has them. */
function actionsFor({ links }: HoverOptions, { namespace, key }: StateName): string | undefined {
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

/** The name of a function of the scripts: what it does to State. */
function hoverWrapper(model: ScriptModel, offset: number): Hover | undefined {
  const uses = model
    .usesNear(offset)
    .wrapperUses.filter(({ memberSpan }) => offset >= memberSpan.start && offset <= memberSpan.end);
  const [first] = uses;
  if (first === undefined) return undefined;
  const calls = uses.map((use) => {
    const roles = STATE_MEMBERS.get(use.member)?.parameters ?? [];
    const given = use.args.map(({ text }, i) =>
      roles[i]?.role === "value" ? "…" : describeGiven(text),
    );
    return `- ${codeSpan(`State.${use.member}(${given.join(", ")})`)}`;
  });
  const markdown = ["This call does:", ...new Set(calls)].join("\n");
  return { span: first.memberSpan, markdown };
}

/** `"theme"`, `"profile:*"`; `…` for what is not a known text. */
function describeGiven(text: KnownText): string {
  return text.kind === "unknown" ? "…" : luaString(describePattern(text));
}

/** Of a member that State does not have only what is likely meant: its diagnostic says the rest. */
function hoverMember(
  { configuration, leaveMembers = false }: HoverOptions,
  use: StateUse,
): Hover | undefined {
  const member = STATE_MEMBERS.get(use.member);
  if (member !== undefined) {
    const markdown = leaveMembers
      ? describeSwitch(member, configuration)
      : describeMember(member, configuration);
    return markdown === undefined ? undefined : { span: use.memberSpan, markdown };
  }
  const meant = STATE_MEMBERS.get(suggestedMember(use.member) ?? "");
  if (use.member === "" || meant === undefined) return undefined;
  const markdown = `Most likely meant:\n\n${describeMember(meant, configuration)}`;
  return { span: use.memberSpan, markdown };
}

async function describeStored(
  { view, now }: HoverOptions,
  namespace: KnownText,
  key: KnownText | undefined,
): Promise<string | undefined> {
  if (view === undefined) return undefined;
  return key === undefined
    ? await describeNamespaceText(view, namespace, now)
    : await describeKeyText(view, namespace, key, now);
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
