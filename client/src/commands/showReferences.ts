import * as vscode from "vscode";
import type { Location, Position } from "vscode-languageclient/node";
import { quote } from "../../../shared/src/names.ts";
import {
  type ReferencesParams,
  referencesRequest,
  type ScriptReference,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";

/** Shows places that a code lens names, in the peek view of its script. Lines are 0-based. */
export async function peekReferences(
  connection: Connection,
  script: string,
  at: Position,
  locations: readonly Location[],
): Promise<void> {
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    vscode.Uri.parse(script, true),
    new vscode.Position(at.line, at.character),
    connection.places(locations),
  );
}

interface ReferenceItem extends vscode.QuickPickItem {
  readonly place: vscode.Location;
}

/** Lists the scripts' uses of an entry or a namespace; the one that is pointed at can be seen. */
export async function pickReference(connection: Connection, name: ReferencesParams): Promise<void> {
  const { references, complete } = await connection.request(referencesRequest, name);
  const what = quote(name.key ?? name.namespace);
  if (references.length === 0) {
    void vscode.window.showInformationMessage(
      complete
        ? vscode.l10n.t("No script of this folder reads or writes {0}.", what)
        : vscode.l10n.t("No use of {0} is known yet: scripts are still being read.", what),
    );
    return;
  }
  const pick = vscode.window.createQuickPick<ReferenceItem>();
  pick.title = vscode.l10n.t("Readers and Writers of {0}", what);
  pick.items = references.map((reference) => referenceItem(connection, reference));
  if (!complete)
    pick.placeholder = vscode.l10n.t("Scripts are still being read: there may be more.");
  pick.onDidChangeActive(([item]) => void (item && show(item, true)));
  pick.onDidAccept(() => {
    const [item] = pick.selectedItems;
    pick.hide();
    if (item !== undefined) void show(item, false);
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
}

function referenceItem(connection: Connection, reference: ScriptReference): ReferenceItem {
  const { uri, range, access, function: within, uncertain } = reference;
  const [place = new vscode.Location(vscode.Uri.parse(uri), new vscode.Position(0, 0))] =
    connection.places([{ uri, range }]);
  const facts = [
    accessName(access),
    ...(within === undefined ? [] : [vscode.l10n.t("in {0}", within)]),
    ...(uncertain === undefined ? [] : [vscode.l10n.t("perhaps: the name is computed")]),
  ];
  const file = vscode.workspace.asRelativePath(place.uri, false);
  return {
    label: `${file}:${range.start.line + 1}`,
    description: facts.join(" · "),
    iconPath: new vscode.ThemeIcon(access === "read" || access === "list" ? "eye" : "edit"),
    place,
  };
}

function accessName(access: ScriptReference["access"]): string {
  switch (access) {
    case "read":
      return vscode.l10n.t("reads");
    case "write":
      return vscode.l10n.t("writes");
    case "delete":
      return vscode.l10n.t("deletes");
    case "list":
      return vscode.l10n.t("lists");
  }
}

async function show({ place: { uri, range } }: ReferenceItem, glance: boolean): Promise<void> {
  await vscode.window.showTextDocument(uri, {
    selection: range,
    preserveFocus: glance,
    preview: true,
  });
}
