import { age, moment, size } from "../src/format.ts";
import type { FindingSeverity, OverviewData, OverviewTexts } from "../src/overview/messages.ts";
import { drawChart, type Mark } from "./charts.ts";
import { element, link } from "./element.ts";
import { send } from "./host.ts";
import type { Theme } from "./theme.ts";

/** So many namespaces have a bar of their own. */
const MOST_BARS = 12;

export type Measure = "bytes" | "entries";

/** Everything that drawing one picture of the state needs. */
export interface Scene {
  readonly data: OverviewData;
  readonly texts: OverviewTexts;
  readonly theme: Theme;
  readonly measure: Measure;
}

type Row = readonly (Node | string)[];

/** Charts that are on the page; they are given back before the next picture is drawn. */
export type Drawn = { destroy(): void }[];

export function totals({ data, texts }: Scene): HTMLElement {
  const { overview, backups, findings } = data;
  const number = (value: number) => value.toLocaleString(texts.language);
  const newest = backups[0];
  const found = findings.reduce((sum, { count }) => sum + count, 0);
  const tile = (name: string, value: string, more?: string) =>
    element(
      "div",
      { className: "tile" },
      element("dt", {}, name),
      element("dd", {}, value),
      more === undefined ? undefined : element("dd", { className: "more" }, more),
    );
  return element(
    "dl",
    { className: "tiles" },
    tile(texts.entries, number(overview.entries)),
    tile(texts.namespaces, number(overview.namespaceCount)),
    tile(texts.size, size(overview.bytes, texts.language)),
    tile(
      texts.backups,
      number(backups.length),
      newest && age(newest.createdAt, data.at, texts.language, "long"),
    ),
    tile(texts.findings, number(found)),
  );
}

export function namespaces(scene: Scene, drawn: Drawn): HTMLElement {
  const { data, texts, theme, measure } = scene;
  const { overview } = data;
  const of = (one: { readonly keys: number; readonly bytes: number }) =>
    measure === "bytes" ? one.bytes : one.keys;
  const shown = [...overview.namespaces].sort((one, other) => of(other) - of(one));
  const marks: Mark[] = shown.slice(0, MOST_BARS).map((one) => ({
    label: shortName(one.namespace),
    value: of(one),
    follow: () => send({ kind: "showNamespace", namespace: one.namespace }),
  }));
  const whole = measure === "bytes" ? overview.bytes : overview.entries;
  const rest = whole - marks.reduce((sum, { value }) => sum + value, 0);
  if (rest > 0) marks.push({ label: texts.otherNamespaces, value: rest, color: theme.lines });
  return section(
    texts.byNamespace,
    chart(scene, drawn, "bars", marks, theme.blue, amount(scene)),
    table(
      texts,
      [texts.namespace, texts.entries, texts.size, texts.changed],
      shown.map(({ namespace, keys, bytes, updatedAt }) => [
        link(namespace, () => send({ kind: "showNamespace", namespace })),
        keys.toLocaleString(texts.language),
        size(bytes, texts.language),
        age(updatedAt, data.at, texts.language, "long"),
      ]),
    ),
  );
}

export function growth(scene: Scene, drawn: Drawn): HTMLElement {
  const { data, texts, theme, measure } = scene;
  const { width, buckets } = data.overview.created;
  let sum = 0;
  const grown = continuous(buckets, width).map((bucket) => {
    sum += bucket[measure];
    return { label: timeLabel(bucket.at, width, texts.language), value: sum };
  });
  const before = timeLabel((buckets[0]?.at ?? 0) - width, width, texts.language);
  const now = timeLabel(data.at, width, texts.language);
  // From nothing to now, so that a first day has a line too.
  const marks = [{ label: before, value: 0 }, ...grown, { label: now, value: sum }];
  return section(
    texts.growth,
    note(texts.growthNote),
    chart(scene, drawn, "line", marks, theme.green, amount(scene)),
    timeTable(scene, marks),
  );
}

export function activity(scene: Scene, drawn: Drawn): HTMLElement {
  const { data, texts, theme, measure } = scene;
  const { width, buckets } = data.overview.changed;
  const marks = continuous(buckets, width).map((bucket) => ({
    label: timeLabel(bucket.at, width, texts.language),
    value: bucket[measure],
  }));
  return section(
    texts.activity,
    note(texts.activityNote),
    chart(scene, drawn, "columns", marks, theme.purple, amount(scene)),
    timeTable(
      scene,
      marks.filter(({ value }) => value > 0),
    ),
  );
}

export function entries(scene: Scene, which: "largest" | "oldest"): HTMLElement {
  const { data, texts } = scene;
  return section(
    texts[which],
    grid(
      [texts.key, texts.namespace, texts.size, texts.changed],
      data.overview[which].map(({ namespace, key, bytes, updatedAt }) => [
        link(key, () => send({ kind: "showEntry", namespace, key })),
        link(namespace, () => send({ kind: "showNamespace", namespace })),
        size(bytes, texts.language),
        age(updatedAt, data.at, texts.language, "long"),
      ]),
    ),
  );
}

export function backups(scene: Scene, drawn: Drawn): HTMLElement {
  const { data, texts, theme } = scene;
  if (data.backups.length === 0) return section(texts.backups, note(texts.noBackups));
  const inTime = [...data.backups].reverse();
  const kindOf = (kind: "full" | "incremental") => texts[kind];
  const marks = inTime.map(({ id, kind, createdAt, sizeBytes, verified }) => ({
    label: `${moment(createdAt, data.at, texts.language)} · ${kindOf(kind)}`,
    value: sizeBytes,
    color: verified === false ? theme.red : kind === "full" ? theme.blue : theme.green,
    follow: () => send({ kind: "showBackup", id }),
  }));
  return section(
    texts.backups,
    chart(scene, drawn, "columns", marks, theme.blue, (value) => size(value, texts.language)),
    table(
      texts,
      [texts.time, texts.kind, texts.entries, texts.size],
      data.backups.map(({ id, kind, createdAt, entries, sizeBytes }) => [
        link(moment(createdAt, data.at, texts.language), () => send({ kind: "showBackup", id })),
        kindOf(kind),
        entries.toLocaleString(texts.language),
        size(sizeBytes, texts.language),
      ]),
    ),
  );
}

export function findings(scene: Scene, drawn: Drawn): HTMLElement {
  const { data, texts, theme } = scene;
  if (data.findings.length === 0) return section(texts.findings, note(texts.noFindings));
  const colors: Readonly<Record<FindingSeverity, string>> = {
    error: theme.red,
    warning: theme.yellow,
    information: theme.blue,
    hint: theme.lines,
  };
  const marks = data.findings.slice(0, MOST_BARS).map(({ rule, severity, count }) => ({
    label: rule,
    value: count,
    color: colors[severity],
    follow: () => send({ kind: "showFindings", rule }),
  }));
  return section(
    texts.findings,
    chart(scene, drawn, "bars", marks, theme.yellow, (value) =>
      Number.isInteger(value) ? value.toLocaleString(texts.language) : "",
    ),
    table(
      texts,
      [texts.rule, texts.count],
      data.findings.map(({ rule, count }) => [
        link(rule, () => send({ kind: "showFindings", rule })),
        count.toLocaleString(texts.language),
      ]),
    ),
  );
}

function section(title: string, ...children: readonly Node[]): HTMLElement {
  const id = `section-${title.replaceAll(/\W+/g, "-")}`;
  const made = element("section", {}, element("h2", { id }, title), ...children);
  made.setAttribute("aria-labelledby", id);
  // Who goes from one to the next hears which table it is.
  for (const table of made.querySelectorAll("table")) table.setAttribute("aria-labelledby", id);
  for (const summary of made.querySelectorAll("summary")) {
    summary.id = `${id}-table`;
    summary.setAttribute("aria-labelledby", `${summary.id} ${id}`);
  }
  return made;
}

function note(text: string): HTMLElement {
  return element("p", { className: "note" }, text);
}

/** A picture of the marks; the table beside it is what a screen reader and the keyboard use. */
function chart(
  { theme }: Scene,
  drawn: Drawn,
  kind: "bars" | "columns" | "line",
  marks: readonly Mark[],
  color: string,
  format: (value: number) => string,
): HTMLElement {
  const canvas = element("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const frame = element("div", { className: "chart" }, canvas);
  frame.style.height = kind === "bars" ? `${marks.length * 26 + 44}px` : "220px";
  // A chart measures its place: it is drawn once it has one.
  queueMicrotask(() => drawn.push(drawChart(canvas, { kind, marks, format, color, theme })));
  return frame;
}

function table(texts: OverviewTexts, head: readonly string[], rows: readonly Row[]): HTMLElement {
  return element("details", {}, element("summary", {}, texts.asTable), grid(head, rows));
}

function timeTable({ texts, measure, ...scene }: Scene, marks: readonly Mark[]): HTMLElement {
  const format = amount({ texts, measure, ...scene });
  return table(
    texts,
    [texts.time, measure === "bytes" ? texts.size : texts.entries],
    marks.map(({ label, value }) => [label, format(value)]),
  );
}

function grid(head: readonly string[], rows: readonly Row[]): HTMLElement {
  const headers = head.map((name) => element("th", { scope: "col" }, name));
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      ...row.map((content, column) =>
        column === 0 ? element("th", { scope: "row" }, content) : element("td", {}, content),
      ),
    ),
  );
  return element(
    "div",
    { className: "grid" },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...headers)),
      element("tbody", {}, ...body),
    ),
  );
}

function amount({ texts, measure }: Scene): (value: number) => string {
  if (measure === "bytes") return (value) => size(value, texts.language);
  return (value) => (Number.isInteger(value) ? value.toLocaleString(texts.language) : "");
}

/** Buckets with the empty ones between them, so that a chart's axis is time. */
function continuous(
  buckets: OverviewData["overview"]["created"]["buckets"],
  width: number,
): { readonly at: number; readonly entries: number; readonly bytes: number }[] {
  const known = new Map(buckets.map((bucket) => [bucket.at, bucket]));
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return [];
  const count = Math.round((last.at - first.at) / width) + 1;
  return Array.from({ length: count }, (_, index) => {
    const at = first.at + index * width;
    return known.get(at) ?? { at, entries: 0, bytes: 0 };
  });
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function timeLabel(at: number, width: number, language: string): string {
  const options: Intl.DateTimeFormatOptions =
    width >= DAY
      ? { year: "numeric", month: "short", day: "numeric" }
      : {
          ...{ month: "short", day: "numeric", hour: "numeric", minute: "2-digit" },
          // Else two of them are the same.
          ...(width <= MINUTE ? { second: "2-digit" } : {}),
        };
  return new Intl.DateTimeFormat(language, options).format(at);
}

function shortName(name: string): string {
  return name.length <= 28 ? name : `${name.slice(0, 27)}…`;
}
