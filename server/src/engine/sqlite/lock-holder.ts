import { readFileSync, statSync } from "node:fs";

/** A program may be given as a whole text: so much of a command line says which one it is. */
const LONGEST = 80;

/**
 * Who holds a lock on the database or its side files, for people: `process 4711 (node server.js)`.
 * undefined where it cannot be known (only Linux tells).
 */
export function lockHolder(databaseFile: string): string | undefined {
  try {
    const inodes = [databaseFile, `${databaseFile}-shm`]
      .map((file) => statSync(file, { throwIfNoEntry: false })?.ino)
      .filter((inode) => inode !== undefined);
    const pid = holderOf(readFileSync("/proc/locks", "utf8"), new Set(inodes));
    if (pid === undefined) return undefined;
    if (pid === process.pid) return "another part of this process";
    return `process ${pid}${commandOf(pid)}`;
  } catch {
    return undefined;
  }
}

/** The process with an exclusive lock on one of these files, as the lines of /proc/locks have it. */
function holderOf(locks: string, inodes: ReadonlySet<number>): number | undefined {
  for (const line of locks.split("\n")) {
    const match = /WRITE +(\d+) +[0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line);
    if (match !== null && inodes.has(Number(match[2]))) return Number(match[1]);
  }
  return undefined;
}

function commandOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  if (words.length === 0) return "";
  const line = words.slice(0, 4).join(" ").replaceAll(/\s+/g, " ");
  return ` (${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line})`;
}
