import { count } from "../format.ts";
import { codeSpan, link } from "../markdown.ts";
import type { Links } from "../types.ts";
import type { Form, Kind } from "./form.ts";
import type { KnownForm } from "./known-form.ts";

/** Places in scripts that are named for one field. */
const NAMED = 3;

/** As much of JSON Schema as editors complete and explain by. It allows everything. */
interface Schema {
  readonly markdownDescription: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly examples?: readonly (string | boolean)[];
  /** VS Code's: what is inserted, as a snippet; with `^` before it as it stands. */
  readonly defaultSnippets?: readonly { readonly label: string; readonly body: string }[];
}

/**
 * A JSON Schema by which an editor completes and explains a value's document. It says nothing of what
 * must be: whatever can be stored is valid. Names and examples in it are inert; of sensitive values it
 * has the kind and nothing else.
 */
export function schemaText(known: KnownForm, links?: Pick<Links, "script">): string {
  const title = `${codeSpan(known.namespace)} / ${codeSpan(known.key)}`;
  return JSON.stringify(schemaOf(known.root, title, { known, links }));
}

interface Context {
  readonly known: KnownForm;
  readonly links: Pick<Links, "script"> | undefined;
}

function schemaOf(form: Form, title: string, context: Context): Schema {
  // Without a prototype: a field may be called `__proto__`.
  const properties: Record<string, Schema> = Object.create(null);
  for (const [name, field] of form.fields) {
    properties[name] = schemaOf(field, codeSpan(name), context);
  }
  return {
    markdownDescription: describe(form, title, context),
    ...(form.fields.size === 0 ? {} : { properties }),
    ...(form.items === undefined ? {} : { items: schemaOf(form.items, "An item", context) }),
    ...proposals(form),
  };
}

function describe(form: Form, title: string, { known, links }: Context): string {
  const kinds = form.kinds.size === 0 ? "" : `: ${[...form.kinds].join(", ")}`;
  return [`${title}${kinds}`, saves(form, links), elsewhere(form, known)]
    .filter((line) => line !== undefined)
    .join("\n\n");
}

function saves({ saves: all }: Form, links: Context["links"]): string | undefined {
  if (all.length === 0) return undefined;
  const places = all.slice(0, NAMED).map(({ file, line }) => {
    const name = codeSpan(`${file}:${line + 1}`);
    const address = links?.script(file, line);
    return address === undefined ? name : link(name, address);
  });
  if (all.length > NAMED) places.push("…");
  return `Saved in ${count(all.length, "place")}: ${places.join(", ")}`;
}

function elsewhere({ others }: Form, { root, like }: KnownForm): string | undefined {
  if (like === undefined || others === 0) return undefined;
  return `In ${others} of ${count(root.others, "other value")} of ${codeSpan(like)}`;
}

/** What is offered as the place's value. */
function proposals({ kinds, texts }: Form): Pick<Schema, "examples" | "defaultSnippets"> {
  const examples = [...texts, ...(kinds.has("boolean") ? [true, false] : [])];
  const snippets = new Map([...kinds].flatMap((kind) => snippetFor(kind)));
  return {
    ...(examples.length === 0 ? {} : { examples }),
    ...(snippets.size === 0
      ? {}
      : { defaultSnippets: [...snippets].map(([label, body]) => ({ label, body })) }),
  };
}

function snippetFor(kind: Kind): (readonly [label: string, body: string])[] {
  switch (kind) {
    case "string":
      return [['""', "$1"]];
    case "array":
      return [["[]", "^[$1]"]];
    case "object":
      return [["{}", "^{$1}"]];
    case "boolean":
      return [];
    default:
      return [["0", "^0"]];
  }
}
