import { ruleUrl } from "../service/rules/docs-url.ts";
import type { ServerContext } from "./context.ts";

/** llmspellState/openRule */
export async function openRule(
  { connection }: ServerContext,
  { rule }: { rule: string },
): Promise<null> {
  // A code and nothing else: what is opened is a page of ours.
  const code = /^[a-z-]+$/.test(rule) ? rule : "README";
  await connection.window.showDocument({ uri: ruleUrl(code), external: true });
  return null;
}
