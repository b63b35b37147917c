/**
 * Whether a name says that what it names is a secret. Names are read as words (`api_key`, `apiKey`,
 * `API-KEY`), so that `author` is no `auth` and `token_count` no token.
 */

/** What `pass` after it is the password of. */
const GUARDED =
  "admin auth database db email ftp imap ldap login mail mongo mongodb mysql pg pop postgres redis root sftp smtp ssh sudo user wifi".split(
    " ",
  );

/** What a secret is called, as words in a row. */
const SECRET_PHRASES: readonly (readonly string[])[] = [
  ...GUARDED.map((guarded) => [guarded, "pass"]),
  ["apikey"],
  ["api", "key"],
  ["api", "keys"],
  ["apikeys"],
  ["secret"],
  ["secrets"],
  ["password"],
  ["passwords"],
  ["passwd"],
  ["passphrase"],
  ["pwd"],
  ["token"],
  ["accesstoken"],
  ["authtoken"],
  ["bearertoken"],
  ["access", "tokens"],
  ["auth", "tokens"],
  ["bearer", "tokens"],
  ["refresh", "tokens"],
  ["api", "tokens"],
  ["access", "key"],
  ["private", "key"],
  ["private", "keys"],
  ["privatekey"],
  ["signing", "key"],
  ["encryption", "key"],
  ["credential"],
  ["credentials"],
  ["authorization"],
];

/** Words after such a phrase that make it a fact about the secret and not the secret. */
const FACTS_ABOUT: ReadonlySet<string> = new Set([
  ..."age at attempts budget bytes changed cost count counter counts created date digits enabled".split(
    " ",
  ),
  ..."endpoint entropy env error errors exists expiration expired expires expiry field file format".split(
    " ",
  ),
  ..."header hint hints id ids index input issued kind label last len length limit limits manager".split(
    " ",
  ),
  ..."max min missing mode name names number per placeholder policy position prompt provider rate".split(
    " ",
  ),
  ..."ratio ref reference references refs required requirements reset rotated rotation rules scope".split(
    " ",
  ),
  ..."scopes set size source stats status store strength total ttl type types updated uri url".split(
    " ",
  ),
  ..."usage used valid validated validation verified version visible window".split(" "),
]);

/** Words before such a phrase that do the same: `has_password`, `max_token`. */
const QUESTIONS_ABOUT: ReadonlySet<string> = new Set(
  "avg forgot has have is max min missing needs no num require requires show total use uses with without".split(
    " ",
  ),
);

/** Tokens that are pieces of text or of a list, not keys to a door. */
const HARMLESS_TOKENS: ReadonlySet<string> = new Set(
  "bos cls completion continuation cursor eos first input last lexer mask next output pad page prompt sep special start stop sync text unk".split(
    " ",
  ),
);

/** Words after `secret` that make it something hidden in a story and not a key to a door. */
const HIDDEN_THINGS: ReadonlySet<string> = new Set(
  "agent agents area boss club door ending endings garden item items level levels menu message mission missions number numbers passage path place recipe room rooms santa sauce society stage weapon word words".split(
    " ",
  ),
);

const WORD = /:|\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu;

/** The words of a name in lower case, without numbers; `:` stands for itself. */
function words(name: string): string[] {
  return (name.match(WORD) ?? [])
    .map((word) => word.toLowerCase())
    .filter((word) => !/^\p{N}/u.test(word));
}

function startsAt(all: readonly string[], phrase: readonly string[], start: number): boolean {
  return phrase.every((word, i) => all[start + i] === word);
}

/** Whether a namespace, a key or a field with this name holds a secret, by its name alone. */
export function isSecretName(name: string): boolean {
  const all = words(name);
  for (let start = 0; start < all.length; start++) {
    for (const phrase of SECRET_PHRASES) {
      if (!startsAt(all, phrase, start)) continue;
      const before = all[start - 1] ?? "";
      const rest = all.slice(start + phrase.length).filter((word) => word !== ":");
      if (QUESTIONS_ABOUT.has(before) || FACTS_ABOUT.has(rest[0] ?? "")) continue;
      if (phrase[0] === "token" && HARMLESS_TOKENS.has(before)) continue;
      if (phrase[0] === "secret" && HIDDEN_THINGS.has(all[start + 1] ?? "")) continue;
      return true;
    }
  }
  return false;
}
