import type { MemberExpression } from "./ast.ts";
import { visitNodes } from "./nodes.ts";
import type { Mutable, Part, Places } from "./part.ts";
import type { Span } from "./span.ts";

/** Lets a part begin `by` UTF-16 units later. Its nodes stay the same objects. */
export function movePart(part: Part, by: number): void {
  if (by === 0) return;
  part.places ??= placesOf(part);
  const { spans, members, commas } = part.places;
  part.start += by;
  part.reach += by;
  for (const span of spans) {
    span.start += by;
    span.end += by;
  }
  for (const member of members) member.dot += by;
  for (const list of commas) for (let i = 0; i < list.length; i += 1) list[i] = (list[i] ?? 0) + by;
}

function placesOf({ statements, comments, lexical, grammatical }: Part): Places {
  const spans = new Set<Mutable<Span>>();
  const members: Mutable<MemberExpression>[] = [];
  const commas: number[][] = [];
  visitNodes(statements, (node) => {
    spans.add(node.span);
    if (node.kind === "String") spans.add(node.contentSpan);
    else if (node.kind === "Member") {
      members.push(node);
      spans.add(node.nameSpan);
    } else if (node.kind === "Call") {
      spans.add(node.argsSpan);
      if (node.commas.length > 0) commas.push(node.commas as number[]);
    }
  });
  for (const { span, contentSpan } of comments) spans.add(span).add(contentSpan);
  for (const { span } of lexical) spans.add(span);
  for (const { span } of grammatical) spans.add(span);
  return { spans: [...spans], members, commas };
}
