import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/**
 * The page's frame. Nothing but the extension's own script and style sheet runs or loads in it, and
 * it reaches nothing outside.
 */
export function overviewPage(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64url");
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", name));
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${vscode.l10n.t("State Overview")}</title>
<link rel="stylesheet" href="${file("overview.css")}">
</head>
<body>
<main id="overview"></main>
<script nonce="${nonce}" src="${file("overview.js")}"></script>
</body>
</html>`;
}
