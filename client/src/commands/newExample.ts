import * as vscode from "vscode";

const EXAMPLE = `-- Remembers how often it ran. Save it in this folder, then "LLMSpell State: Run Script".
local count = State.load("demo", "visit_count") or 0
count = count + 1
State.save("demo", "visit_count", count)
print("This script has run " .. count .. " time(s).")
`;

/** Opens a small script that uses State, to begin with. */
export async function newExampleScript(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "lua", content: EXAMPLE });
  await vscode.window.showTextDocument(document);
}
