/**
 * What is known of a text that a script computes: exactly, as a pattern whose `null` parts are
 * anything (`"profile:" .. id` is `["profile:", null]`), or not at all.
 */
export type KnownText =
  | { readonly kind: "exact"; readonly text: string }
  | { readonly kind: "pattern"; readonly parts: readonly (string | null)[] }
  | { readonly kind: "unknown" };
