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

/** Versions, quarters, percentiles, headings and a storage service: `v1`, `q3`, `p95`, `h2`, `s3`. */
const NAMED_BY_NUMBER = /^(?:v\d+|q[1-4]|p\d\d+|h[1-6]|s3)$/;

function isVague(name: string, words: ReadonlySet<string>): boolean {
  if (NAMED_BY_NUMBER.test(name)) return false;
  const word = name.toLowerCase().replace(/[_-]?\d+$/, "");
  return /^[a-z]$/.test(word) || words.has(word);
}
