import { fileURLToPath } from "node:url";
import { type Diagnostic, DiagnosticSeverity } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { DIAGNOSTIC_SOURCE } from "../../../shared/src/names.ts";
import type { RunError } from "../runner/types.ts";

/** Open documents by their path, with the version that they have. */
type Versions = ReadonlyMap<string, number>;

interface Kept {
  /** URI of the script that was run. */
  readonly script: string;
  readonly version: number;
  readonly line: number;
  readonly message: string;
}

/** Where scripts failed: shown in the document that the error is in, until its next edit. */
export class RunErrors {
  /** By path. */
  readonly #kept = new Map<string, Kept>();

  /** Forgets what an earlier run of a script left; gives whether there was something. */
  forget(script: string): boolean {
    const paths = [...this.#kept].filter(([, kept]) => kept.script === script);
    for (const [path] of paths) this.#kept.delete(path);
    return paths.length > 0;
  }

  /** Keeps the error of a run of `script`, where its document was open; gives whether it was. */
  keep(script: string, error: RunError, versions: Versions): boolean {
    // A syntax error has a rule of its own.
    if (error.code === "script-syntax" || error.file === undefined) return false;
    const version = versions.get(error.file);
    if (version === undefined || error.line === undefined) return false;
    const { file, line } = error;
    this.#kept.set(file, { script, version, line, message: withoutPlace(error) });
    return true;
  }

  /** The diagnostic of a document as it is now. */
  of(document: TextDocument): Diagnostic | undefined {
    const kept = this.#kept.get(pathOf(document.uri));
    if (kept === undefined || kept.version !== document.version) return undefined;
    const line = kept.line - 1;
    const text = document.getText({
      start: { line, character: 0 },
      end: { line: line + 1, character: 0 },
    });
    return {
      range: {
        start: { line, character: text.length - text.trimStart().length },
        end: { line, character: text.trimEnd().length },
      },
      severity: DiagnosticSeverity.Error,
      source: DIAGNOSTIC_SOURCE,
      code: "script-error",
      message: kept.message,
    };
  }
}

/** What is open, to be held against what a run that begins now says of it. */
export function openVersions(documents: readonly TextDocument[]): Versions {
  return new Map(documents.map(({ uri, version }) => [pathOf(uri), version]));
}

function pathOf(uri: string): string {
  return uri.startsWith("file:") ? fileURLToPath(uri) : uri;
}

/** Lua puts `chat.lua:12: ` before its messages: the diagnostic stands there. */
function withoutPlace({ message, line }: RunError): string {
  return message.replace(new RegExp(`^\\S+:${line}: `), "");
}
