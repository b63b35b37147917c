/** Secrets that give themselves away by how they look. Every repetition is bounded: values may be long. */
const SHAPES: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: "an API key", pattern: /\bsk-(?=[\w-]{0,40}\d)[\w-]{10,200}/ },
  { kind: "a Stripe key", pattern: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,200}/ },
  { kind: "a GitHub token", pattern: /\bgh[pousr]_[A-Za-z0-9]{20,255}|\bgithub_pat_\w{20,255}/ },
  { kind: "a GitLab token", pattern: /\bglpat-[\w-]{20,200}/ },
  { kind: "an AWS access key", pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { kind: "a Slack token", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,200}/ },
  {
    kind: "a Slack webhook",
    pattern:
      /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9]{1,20}\/[\w/]{8,200}/,
  },
  {
    kind: "a Discord webhook",
    pattern: /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{5,25}\/[\w-]{20,200}/,
  },
  { kind: "a Telegram bot token", pattern: /\b\d{8,10}:AA[\w-]{33}\b/ },
  { kind: "a SendGrid key", pattern: /\bSG\.[\w-]{16,32}\.[\w-]{16,64}/ },
  { kind: "a PyPI token", pattern: /\bpypi-[\w-]{40,300}/ },
  { kind: "a Docker Hub token", pattern: /\bdckr_pat_[\w-]{20,100}/ },
  { kind: "a DigitalOcean token", pattern: /\bdo[opr]_v1_[a-f0-9]{64}\b/ },
  { kind: "a Shopify token", pattern: /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/ },
  { kind: "a Linear key", pattern: /\blin_api_[A-Za-z0-9]{32,64}/ },
  { kind: "a Notion token", pattern: /\b(?:ntn_|secret_)[A-Za-z0-9]{40,64}\b/ },
  { kind: "a Groq key", pattern: /\bgsk_[A-Za-z0-9]{40,64}\b/ },
  { kind: "a Replicate token", pattern: /\br8_[A-Za-z0-9]{36,44}\b/ },
  { kind: "a Google OAuth secret", pattern: /\bGOCSPX-[\w-]{20,40}/ },
  { kind: "a Google OAuth token", pattern: /\bya29\.[\w-]{20,300}/ },
  {
    kind: "an Azure storage key",
    pattern: /\bAccountKey=[A-Za-z0-9+/]{40,120}={0,2}/,
  },
  { kind: "a Google API key", pattern: /\bAIza[\w-]{35}/ },
  { kind: "a Hugging Face token", pattern: /\bhf_[A-Za-z0-9]{30,100}\b/ },
  { kind: "an npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { kind: "a JSON Web Token", pattern: /\beyJ[\w-]{5,500}\.eyJ[\w-]{5,2000}/ },
  { kind: "a private key", pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/ },
  {
    kind: "a bearer token",
    pattern: /\bBearer\s{1,8}(?=[\w.~+/-]{0,200}\d)[\w.~+/-]{16,200}/i,
  },
  {
    kind: "a user name with its password",
    pattern:
      /^\s{0,8}(?:Authorization:\s{0,8})?Basic\s{1,8}(?=[A-Za-z+/]{0,200}[\dA-Z])[A-Za-z0-9+/]{12,400}={0,2}\s{0,8}$/,
  },
];

/** The password of `scheme://user:password@host`. */
const URL_PASSWORD = /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@]{0,200}:([^\s/@]{1,200})@/i;

const VARIABLE = /^\$\{\w+\}$|^\$\w+$|^%\w+%$|^\{\{[^{}]{1,200}\}\}$/;
const SCHEME = /^[a-z][a-z0-9+.-]{1,30}:\/\//i;
const NAMED_REFERENCE = /^(?:env|vault|secret|secrets|keyring|keychain|ref|file|arn):/i;

/**
 * What kind of secret a text is or holds, by its shape alone (`an AWS access key`); undefined when
 * none is recognised.
 */
export function secretShape(text: string): string | undefined {
  const shape = SHAPES.find(({ pattern }) => pattern.test(text));
  if (shape !== undefined) return shape.kind;
  const password = URL_PASSWORD.exec(text)?.[1];
  return password === undefined || isReference(password) || isPlaceholder(password)
    ? undefined
    : "a URL with a password";
}

/** Whether a URL has a reference or a placeholder where the password goes. */
export function hasHiddenPassword(text: string): boolean {
  const password = URL_PASSWORD.exec(text)?.[1];
  return password !== undefined && (isReference(password) || isPlaceholder(password));
}

/** Whether a text only says where a secret is: `vault://keys/api_key`, `${OPENAI_API_KEY}`. */
export function isReference(text: string): boolean {
  const trimmed = text.trim();
  return VARIABLE.test(trimmed) || SCHEME.test(trimmed) || NAMED_REFERENCE.test(trimmed);
}

/** Whether a text stands where a secret will be: empty, `changeme`, `<your key>`, `xxxx`, `***`. */
export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim();
  return (
    /^(?:[x*.\u2022_-]{0,200}|<[^<>]{0,200}>|\[[^[\]]{0,200}\])$/i.test(trimmed) ||
    /^(?:change[-_ ]?me|replace[-_ ]?me|todo|tbd|none|null|nil|n\/a|unset|redacted|masked|hidden|dummy|example|placeholder)$/i.test(
      trimmed,
    ) ||
    /^(?:your|my|insert|enter|put)[-_ ].{0,80}(?:key|token|secret|password|here)$/i.test(trimmed)
  );
}
