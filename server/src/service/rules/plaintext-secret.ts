import type { Expression } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import type { FindSecrets } from "../sensitive/find-secrets.ts";
import { isSecretName } from "../sensitive/names.ts";
import { hasHiddenPassword, isPlaceholder, isReference, secretShape } from "../sensitive/shapes.ts";
import { type SavedPart, savedParts } from "../syntax/saved-values.ts";
import { isGlobal, origin, type Script } from "../syntax/script.ts";
import type { Finding, Rule } from "./rule.ts";

/** Names of what stands for a secret without giving it away. */
const PROTECTED = /hash|digest|encrypt|cipher|masked|redacted|fingerprint|checksum/i;

/** Areas of texts for people, where `password` is a word on a form. */
const TEXTS: ReadonlySet<string> = new Set(
  (
    "caption captions dictionary glossary i18n intl l10n label labels lang locale locales message " +
    "messages placeholders strings text texts tooltips translation translations"
  ).split(" "),
);

/** A secret that would lie in the store as plain text. */
export const plaintextSecret: Rule = {
  code: "plaintext-secret",
  family: "security",
  defaultSeverity: "warning",
  summary: "A secret stored as plain text",
  check: async ({ model, script, secrets }) => {
    const parts = savedParts(model, script(), allUses(model));
    const found = parts.map((part) => ({ part, findings: checkPart(part, script()) }));
    const silent = found.flatMap(({ part, findings }) => (findings.length > 0 ? [] : [part]));
    return [...found.flatMap(({ findings }) => findings), ...(await knownByLook(silent, secrets))];
  },
};

/** Environment variables with addresses that let in whoever knows them: they hold passwords or keys. */
const SECRET_ADDRESS =
  /(?:^|_)(?:(?:AMQP|DATABASE|DB|MONGO|MONGODB|MYSQL|POSTGRES|POSTGRESQL|RABBITMQ|REDIS)_UR[IL]|WEBHOOK(?:_UR[IL])?)$/i;

/** A password under the short name `pass`, which says many things: no word, but letters with others. */
const PASSWORD_LIKE = /^(?=\S*[A-Za-z])(?=\S*[\d!#$%&*+=?@^~])\S{6,100}$/;

/** Longest text of one script that is looked through, in UTF-16 units. */
const LOOKED_THROUGH = 100_000;

/** What a secret has somewhere: many characters without a space between, a digit or `://` in them. */
const WORTH_A_LOOK = /:\/\/\S{8}|-----BEGIN|(?=\S{0,400}\d)\S{16}/;

/** The texts in which `secrets` finds one; all are looked through at once. */
async function knownByLook(
  parts: readonly SavedPart[],
  secrets: FindSecrets | undefined,
): Promise<Finding[]> {
  let joined = "";
  const places: { readonly part: SavedPart; readonly start: number; readonly end: number }[] = [];
  for (const part of parts) {
    if (part.expression.kind !== "String" || !isOpenToView(part.expression.value)) continue;
    const { value } = part.expression;
    if (joined.length + value.length > LOOKED_THROUGH) continue;
    places.push({ part, start: joined.length, end: joined.length + value.length });
    joined += `${value}\n\n`;
  }
  if (secrets === undefined || places.length === 0) return [];
  const found = await secrets(joined);
  return places.flatMap(({ part, start, end }) => {
    const secret = found.find((one) => one.start < end && start < one.end);
    return secret === undefined
      ? []
      : [finding(part, `${capital(secret.kind)} is stored as plain text`)];
  });
}

/** Whether a text may hold a secret by its look, and does not only say where one is. */
function isOpenToView(text: string): boolean {
  return WORTH_A_LOOK.test(text) && !hasHiddenPassword(text);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function checkPart(part: SavedPart, script: Script): Finding[] {
  const { written, expression } = part;
  if (expression.kind === "String") {
    const kind = kindOfSecret(part, expression.value);
    return kind === undefined ? [] : [finding(part, `${kind} is stored as plain text`)];
  }
  const variable = environmentVariable(script, written);
  if (variable === undefined) return [];
  if (!secretName(part) && !isSecretName(variable) && !SECRET_ADDRESS.test(variable)) return [];
  return [finding(part, "The value of an environment variable that holds a secret lands on disk")];
}

function finding(part: SavedPart, what: string): Finding {
  const reference = `vault://${nameOf(part).replace(/[^\w./-]+/g, "/")}`;
  return {
    span: part.written.span,
    message: `${what}: anyone who reads the store can read it. Store a reference, e.g. ${reference}.`,
    fixes: [
      {
        title: "Replace by a reference",
        changes: [{ span: part.written.span, newText: `"${reference}"` }],
      },
    ],
  };
}

/** What to say a text is; undefined when it is no secret. Never repeats it. */
function kindOfSecret(part: SavedPart, text: string): string | undefined {
  const shape = secretShape(text);
  if (shape !== undefined) return capital(shape);
  const named = secretName(part) || (namesOf(part).at(-1) === "pass" && PASSWORD_LIKE.test(text));
  if (!named || isReference(text) || isPlaceholder(text)) return undefined;
  return "A secret";
}

/** Whether a name on the way to this part says that it is a secret. */
function secretName(part: SavedPart): boolean {
  const names = namesOf(part);
  if (names.some((name) => PROTECTED.test(name) || isTextForPeople(name))) return false;
  return names.some(isSecretName);
}

function isTextForPeople(name: string): boolean {
  return name.split(/[^A-Za-z0-9]+/).some((word) => TEXTS.has(word.toLowerCase()));
}

function namesOf({ use, fields }: SavedPart): string[] {
  const touched = touchedBy(use);
  const known = [touched?.namespace, touched?.key].flatMap((text) =>
    text?.kind === "exact"
      ? [text.text]
      : text?.kind === "pattern"
        ? [text.parts.map((p) => p ?? "").join("")]
        : [],
  );
  return [...known, ...fields];
}

function nameOf(part: SavedPart): string {
  return namesOf(part).join("/") || "path/to/secret";
}

/** Defaults behind defaults that are looked through. */
const MAX_DEFAULTS = 10;

/** `NAME` of `os.getenv("NAME")`, also with a default behind it; "" when the name is computed. */
function environmentVariable(script: Script, written: Expression): string | undefined {
  let at = origin(script, written);
  // A name may be its own first choice: `cache = cache or ...`.
  for (let i = 0; at.kind === "Binary" && at.operator === "or" && i < MAX_DEFAULTS; i++) {
    at = origin(script, at.left);
  }
  if (at.kind !== "Call" || !isGlobal(script, at.callee, "os.getenv")) return undefined;
  const [name] = at.args;
  const text = name && origin(script, name);
  return text?.kind === "String" ? text.value : "";
}
