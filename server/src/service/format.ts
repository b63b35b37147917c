const UNITS: readonly { readonly name: string; readonly ms: number }[] = [
  { name: "year", ms: 365 * 86_400_000 },
  { name: "month", ms: 30 * 86_400_000 },
  { name: "day", ms: 86_400_000 },
  { name: "hour", ms: 3_600_000 },
  { name: "minute", ms: 60_000 },
  { name: "second", ms: 1_000 },
];

/**
 * A whole number as people read it: `12,000`. By hand, because asking the runtime loads its tables of
 * all languages: 6 MB of memory.
 */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 key`, `2 keys`, `12,000 keys`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : plural}`;
}

/** Bytes for people: `17 bytes`, `1.5 kB` (of 1,000, as the editor's views have them). */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return count(bytes, "byte");
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), 4);
  const digits = (bytes / 1_000 ** power).toFixed(1).replace(/\.0$/, "");
  return `${digits} ${["bytes", "kB", "MB", "GB", "TB"][power]}`;
}

/** How long ago `at` was, both in ms since 1970: `just now`, `3 minutes ago`. */
export function formatAge(at: number, now: number): string {
  const elapsed = now - at;
  const unit = UNITS.find(({ ms }) => elapsed >= ms);
  return unit === undefined ? "just now" : `${count(Math.floor(elapsed / unit.ms), unit.name)} ago`;
}
