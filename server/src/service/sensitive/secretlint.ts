import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";

/** A secret in a text: UTF-16 offsets, `end` exclusive. */
export interface FoundSecret {
  /** `a GitHub token` */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

const PRESET = "@secretlint/secretlint-rule-preset-recommend";

/** What secretlint's rules are about, by the last part of their names. */
const KINDS: Readonly<Record<string, string>> = {
  "1password": "a 1Password token",
  aws: "an AWS key",
  basicauth: "a URL with a password",
  gcp: "a Google Cloud key",
  github: "a GitHub token",
  linear: "a Linear key",
  npm: "an npm token",
  openai: "an OpenAI key",
  privatekey: "a private key",
  sendgrid: "a SendGrid key",
  shopify: "a Shopify token",
  slack: "a Slack secret",
};

/**
 * What secretlint's recommended preset recognises in a text, by UTF-16 offsets, `end` exclusive. A
 * bundle of its own: whoever wants it loads it when the first text is worth a look.
 */
export async function lintText(text: string): Promise<readonly FoundSecret[]> {
  const { messages } = await lintSource({
    source: { filePath: "/script.lua", content: text, contentType: "text", ext: ".lua" },
    options: {
      noPhysicFilePath: true,
      config: { rules: [{ id: PRESET, rule: creator, options: {} }] },
    },
  });
  return messages.map(({ ruleId, range: [start, end] }) => {
    const name = /secretlint-rule-([\w]+)/.exec(ruleId)?.[1] ?? "";
    return { kind: KINDS[name] ?? "a secret", start, end };
  });
}
