/** Writes the reference of the State API in docs/lua.md, between its marks, from the catalogue itself. */
import { readFileSync, writeFileSync } from "node:fs";
import { type ApiMember, STATE_API, signature } from "../shared/src/api.ts";

const PAGE = new URL("../docs/lua.md", import.meta.url);
const BEGIN = "<!-- State API: written by `node scripts/state-reference.ts` -->\n";
const END = "<!-- end of the State API -->\n";

const NEEDS = { migration_enabled: "migrations", backup_enabled: "backups" } as const;

/** The page `text` with the part between its marks as the catalogue has it. */
export function withReference(text: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("docs/lua.md has lost the marks of the State API.");
  return text.slice(0, begin + BEGIN.length) + reference() + text.slice(end);
}

function reference(): string {
  const rows = STATE_API.map(
    (member) =>
      `| \`${signature(member)}\` | ${result(member)} | ${member.gate === undefined ? "" : NEEDS[member.gate]} | ${member.doc} |\n`,
  );
  return `| function | gives | needs | |\n| --- | --- | --- | --- |\n${rows.join("")}`;
}

function result({ result }: ApiMember): string {
  if (result === undefined) return "";
  if (result.fields === undefined) {
    return `\`${result.type}\`${result.optional === true ? " or `nil`" : ""}`;
  }
  const fields = result.fields.map(({ name, optional }) => `${name}${optional ? "?" : ""}`);
  return `\`{${fields.join(", ")}}\``;
}

if (import.meta.main) writeFileSync(PAGE, withReference(readFileSync(PAGE, "utf8")));
