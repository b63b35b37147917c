import type { FoundSecret } from "./secretlint.ts";

/** Finds the secrets in a text by how they look. */
export type FindSecrets = (text: string) => Promise<readonly FoundSecret[]>;

/** The secrets that secretlint's recommended preset knows; it is loaded by the first call. */
export const findSecrets: FindSecrets = async (text) => {
  const { lintText } = await import("./secretlint.ts");
  return await lintText(text);
};
