const VAGUE = new Set(
  (
    "a aaa abc any anything asdf bar baz blah blob data dummy everything foo item items junk misc " +
    "obj object other qux random some something stuff temp test thing things tmp val value values " +
    "var variable whatever x xxx y z"
  ).split(" "),
);

/** Single letters and lone filler words with optional digits: `x`, `data`, `tmp3`, `temp_1`. */
export function isVagueWord(name: string): boolean {
  const word = name.toLowerCase().replace(/[_-]?\d+$/, "");
  return /^[a-z]$/.test(word) || VAGUE.has(word);
}
