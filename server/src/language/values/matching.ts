import type { KnownText } from "./known-text.ts";

/** Whether a text that is known exactly can be one that `known` computes. */
export function matches(known: KnownText, text: string): boolean {
  if (known.kind === "unknown") return true;
  if (known.kind === "exact") return known.text === text;
  const { parts } = known;
  let at = 0;
  let gap = false;
  for (const [index, part] of parts.entries()) {
    if (part === null) {
      gap = true;
      continue;
    }
    // The last fixed part must end the text; any other may stand at the first place it fits.
    const last = index === parts.length - 1;
    const found = !gap ? at : last ? text.length - part.length : text.indexOf(part, at);
    if (found < at || !text.startsWith(part, found)) return false;
    at = found + part.length;
    gap = false;
  }
  return gap || at === text.length;
}

/** Whether some text can be one that both compute. */
export function overlaps(a: KnownText, b: KnownText): boolean {
  if (a.kind === "exact") return matches(b, a.text);
  if (b.kind === "exact") return matches(a, b.text);
  if (a.kind === "unknown" || b.kind === "unknown") return true;
  // Whatever stands between fits into the gaps of both: only the ends can keep them apart.
  return (
    oneStartsOther(a.parts[0] ?? "", b.parts[0] ?? "") &&
    oneEndsOther(a.parts.at(-1) ?? "", b.parts.at(-1) ?? "")
  );
}

function oneStartsOther(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function oneEndsOther(a: string, b: string): boolean {
  return a.endsWith(b) || b.endsWith(a);
}
