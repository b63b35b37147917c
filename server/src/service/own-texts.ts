import { ownText } from "../../../shared/src/own-text.ts";
import type { KnownText } from "../language/model.ts";
import type { Finding } from "./rules/rule.ts";
import type { Fix } from "./types.ts";

/** Names and findings whose texts keep nothing of the script that they were found in. */

export function ownName(name: KnownText): KnownText {
  switch (name.kind) {
    case "exact":
      return { kind: "exact", text: ownText(name.text) };
    case "pattern":
      return { kind: "pattern", parts: name.parts.map((part) => part && ownText(part)) };
    default:
      return name;
  }
}

export function ownFinding({ fixes, ...finding }: Finding): Finding {
  const message = ownText(finding.message);
  if (fixes === undefined) return { ...finding, message };
  return { ...finding, message, fixes: fixes.map(ownFix) };
}

function ownFix(fix: Fix): Fix {
  const changes = fix.changes.map(({ span, newText }) => ({ span, newText: ownText(newText) }));
  return { ...fix, title: ownText(fix.title), changes };
}
