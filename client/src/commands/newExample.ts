import * as vscode from "vscode";

const EXAMPLE = `-- Remembers how often it ran. Press the triangle above; you are asked where to save it first.
local count = State.load("demo", "visit_count") or 0
count = count + 1
State.save("demo", "visit_count", count)
print("This is run number " .. count .. ".")
`;

/** Opens a small script that uses State, to begin with. */
export async function newExampleScript(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "lua", content: EXAMPLE });
  await vscode.window.showTextDocument(document);
}
