import { spawnSync } from "node:child_process";

/** Reads chunks by their length and answers for each whether this Lua compiles it. */
const LOADER = `
while true do
  local length = io.read("l")
  if not length then break end
  local text = io.read(tonumber(length)) or ""
  io.read("l")
  local ok, message = load(text, "=x", "t")
  print(ok and "ok" or (message:gsub("[\\r\\n]", " ")))
end`;

/** Whether the interpreter is there; says so loudly when it is not. */
export function hasLua(command: string): boolean {
  const found = spawnSync(command, ["-v"]).status === 0;
  if (!found) console.warn(`SKIPPED: ${command} is not installed, so nothing is compared with it`);
  return found;
}

/** For each program: undefined when the real compiler takes it, else what it says. */
export function compileAll(command: string, programs: readonly string[]): (string | undefined)[] {
  const input = programs.map((text) => `${Buffer.byteLength(text)}\n${text}\n`).join("");
  const { stdout } = spawnSync(command, ["-e", LOADER], { input, maxBuffer: 1 << 28 });
  return stdout
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => (line === "ok" ? undefined : line));
}
