import { ANYTHING, joinTemplates, type Piece, type Template } from "./template.ts";

const DIRECTIVE = /%([-+ #0]*[0-9]*(?:\.[0-9]*)?[A-Za-z%])/g;

/** What `string.format` gives: `%s` and `%d` take their argument's text, others are anything. */
export function formatTemplate(format: Template, args: readonly Template[]): Template {
  const [text, ...more] = format;
  if (typeof text !== "string" || more.length > 0) return ANYTHING;
  const templates: Template[] = [];
  let at = 0;
  let argument = 0;
  for (const match of text.matchAll(DIRECTIVE)) {
    templates.push([text.slice(at, match.index)]);
    at = match.index + match[0].length;
    if (match[1] === "%") {
      templates.push(["%"]);
      continue;
    }
    templates.push(directive(match[1] ?? "", args[argument]));
    argument += 1;
  }
  templates.push([text.slice(at)]);
  return joinTemplates(templates);
}

function directive(directive: string, argument: Template | undefined): Template {
  if (argument === undefined) return ANYTHING;
  if (directive === "s") return argument;
  if (directive !== "d") return ANYTHING;
  return argument.map(
    (piece): Piece => (typeof piece === "string" && !/^-?[0-9]+$/.test(piece) ? undefined : piece),
  );
}
