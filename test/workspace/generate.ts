/**
 * Believable Lua scripts that use State, the same for the same seed: modules with wrappers, scripts
 * that require them, work of their own in between. For tests and benchmarks.
 */
export interface GenerateOptions {
  readonly scripts: number;
  /** Lines of each script, about. */
  readonly lines: number;
  readonly seed?: number;
}

const NAMESPACES = ["user", "app", "config", "cache", "session", "stats", "system", "audit"];
const SUBJECTS = ["profile", "settings", "orders", "invoice", "agent", "report", "draft", "index"];
const FIELDS = ["email", "theme", "language", "limits", "updated_at", "owner", "status", "tags"];

/** The scripts' texts by their paths, relative with `/`. A fifth of them are modules. */
export function generateScripts({
  scripts,
  lines,
  seed = 1,
}: GenerateOptions): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const modules = Math.max(1, Math.floor(scripts / 5));
  for (let i = 0; i < scripts; i++) {
    const random = randomFrom(seed * 1_000_003 + i);
    const isModule = i < modules;
    const path = isModule ? modulePath(i) : `scripts/area${i % 20}/task${i}.lua`;
    // A module asks only for those before it, as people's modules mostly do.
    const required = isModule ? (i > 0 && i % 3 === 0 ? [i - 1] : []) : pick(random, 2, modules);
    files.set(path, new Script(random, i, required).text(isModule, lines));
  }
  return files;
}

function modulePath(index: number): string {
  return index % 4 === 3 ? `lib/store${index}/init.lua` : `lib/store${index}.lua`;
}

class Script {
  readonly #lines: string[] = [];
  readonly #random: () => number;
  readonly #id: number;
  readonly #required: readonly number[];

  constructor(random: () => number, id: number, required: readonly number[]) {
    this.#random = random;
    this.#id = id;
    this.#required = required;
  }

  text(isModule: boolean, lines: number): string {
    this.#add(`-- ${isModule ? "Storage for" : "Works on"} ${this.#one(SUBJECTS)} ${this.#id}`);
    for (const index of this.#required) {
      this.#add(`local store${index} = require("lib.store${index}")`);
    }
    this.#add(`local NS = "${this.#one(NAMESPACES)}"`, "local M = {}", "");
    if (isModule) this.#wrappers();
    for (let part = 0; this.#lines.length < lines - 4; part++) {
      if (part % 3 === 0) this.#stateFunction(part);
      else if (part % 3 === 1) this.#plainFunction(part);
      else this.#caller(part);
    }
    this.#add(isModule ? "return M" : "M.run1(arg)", "");
    return this.#lines.join("\n");
  }

  #wrappers(): void {
    const prefix = this.#one(SUBJECTS);
    this.#add(
      "function M.get(id, default)",
      `  local value = State.load(NS, "${prefix}:" .. id)`,
      "  if value == nil then return default end",
      "  return value",
      "end",
      "",
      "function M.set(id, value)",
      `  assert(type(value) == "table", "a table is expected")`,
      `  State.save(NS, "${prefix}:" .. id, value)`,
      "end",
      "",
    );
    const [deeper] = this.#required;
    if (deeper === undefined) return;
    this.#add(
      "function M.copy(id)",
      `  store${deeper}.set("copy:" .. id, M.get(id) or {})`,
      "end",
      "",
    );
  }

  #stateFunction(part: number): void {
    const subject = this.#one(SUBJECTS);
    const field = this.#one(FIELDS);
    this.#add(
      `local function update${part}(id, change)`,
      `  local record = State.load("${this.#one(NAMESPACES)}", "${subject}:" .. id) or {}`,
      "  for name, value in pairs(change) do",
      "    record[name] = value",
      "  end",
      `  record.${field} = change.${field} or os.time()`,
      `  State.save(NS, "${subject}:" .. id, record)`,
      `  local seen = State.load("stats", "${subject}_${field}")`,
      `  State.save("stats", "${subject}_${field}", { count = ((seen or {}).count or 0) + 1, at = os.time() })`,
      "  return record",
      "end",
      "",
    );
  }

  #plainFunction(part: number): void {
    this.#add(
      `function M.run${part}(options)`,
      "  local rows, total = {}, 0",
      "  for i, option in ipairs(options or {}) do",
      `    local line = string.format("%d. %s = %q", i, option.name or "-", tostring(option.value))`,
      "    if #line > 80 then",
      `      line = line:sub(1, 79) .. "…" -- shortened, 🙂`,
      "    end",
      "    rows[#rows + 1] = { text = line, weight = (option.weight or 1) * 1.5 }",
      "    total = total + rows[#rows].weight",
      "  end",
      "  table.sort(rows, function(a, b) return a.weight > b.weight end)",
      "  return rows, total",
      "end",
      "",
    );
  }

  #caller(part: number): void {
    const [store = 0] = pick(this.#random, 1, this.#required.length);
    const module = this.#required[store];
    this.#add(`function M.apply${part}(ids)`, "  for _, id in ipairs(ids) do");
    if (module === undefined) {
      this.#add(`    State.delete(NS, "${this.#one(SUBJECTS)}:" .. id)`);
    } else {
      this.#add(
        `    local entry = store${module}.get(id, { status = "new" })`,
        `    entry.${this.#one(FIELDS)} = "${this.#id}"`,
        `    store${module}.set("${this.#one(SUBJECTS)}-" .. id, entry)`,
      );
    }
    this.#add("  end", "end", "");
  }

  #add(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  #one(words: readonly string[]): string {
    return words[Math.floor(this.#random() * words.length)] ?? "";
  }
}

/** Different numbers below `bound`. */
function pick(random: () => number, count: number, bound: number): number[] {
  const found = new Set<number>();
  for (let i = 0; i < count && bound > 0; i++) found.add(Math.floor(random() * bound));
  return [...found];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
