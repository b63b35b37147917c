/**
 * The arguments in a line, as a shell splits it: blanks between them, quotes and backslashes as usual.
 * Nothing is expanded. A quote that is not closed ends with the line.
 */
export function splitArguments(line: string): string[] {
  const args: string[] = [];
  for (const [whole] of line.matchAll(/(?:"(?:\\.|[^"\\])*"?|'[^']*'?|\\.|[^\s"'\\]|\\$)+/g)) {
    args.push(unquoted(whole));
  }
  return args;
}

function unquoted(text: string): string {
  const parts = text.matchAll(/"((?:\\.|[^"\\])*)"?|'([^']*)'?|\\(.)|([^"'\\]+|\\$)/g);
  return [...parts]
    .map(([, double, single, escaped, plain]) => {
      if (double !== undefined) return double.replaceAll(/\\(["\\])/g, "$1");
      return single ?? escaped ?? plain ?? "";
    })
    .join("");
}
