const EVERYWHERE = (
  "aaa abc any anything asdf bar baz blah blob dummy everything foo junk misc obj object other qux " +
  "random some something stuff thing things val value values var variable whatever xxx data"
).split(" ");

const VAGUE_KEYS: ReadonlySet<string> = new Set([
  ...EVERYWHERE,
  ..."item items key temp test tmp".split(" "),
]);
const VAGUE_NAMESPACES: ReadonlySet<string> = new Set([
  ...EVERYWHERE,
  ..."namespace ns scope".split(" "),
]);

/** Single letters and lone filler words with optional digits: `x`, `data`, `tmp3`, `temp_1`. */
export function isVagueKey(name: string): boolean {
  return isVague(name, VAGUE_KEYS);
}

/** As {@link isVagueKey}; what is temporary or for tests is an area of its own. */
export function isVagueNamespace(name: string): boolean {
  return isVague(name, VAGUE_NAMESPACES);
}

function isVague(name: string, words: ReadonlySet<string>): boolean {
  // A letter and a number is how people count things: u1, v2, q3, p95.
  if (/^[a-z]$/i.test(name)) return true;
  return words.has(name.toLowerCase().replace(/[_-]?\d+$/, ""));
}
