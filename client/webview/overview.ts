/** The overview's page: draws what the extension sends, and sends back which mark was chosen. */
import { moment } from "../src/format.ts";
import type { OverviewData, OverviewTexts } from "../src/overview/messages.ts";
import { element } from "./element.ts";
import { onMessage, remember, remembered, send } from "./host.ts";
import {
  activity,
  backups,
  type Drawn,
  entries,
  findings,
  growth,
  type Measure,
  namespaces,
  type Scene,
  totals,
} from "./sections.ts";
import { currentTheme, onThemeChange } from "./theme.ts";

class Page {
  readonly #main: HTMLElement;
  /** Spoken when it changes. */
  readonly #status = element("p", { className: "status", role: "status" });
  #texts: OverviewTexts | undefined;
  #data: OverviewData | undefined;
  #measure: Measure = remembered().measure ?? "bytes";
  #drawn: Drawn = [];

  constructor(main: HTMLElement) {
    this.#main = main;
    onMessage((message) => {
      if (message.kind === "texts") this.#greet(message.texts);
      else if (message.kind === "data") this.#show(message.data);
      else this.#status.textContent = message.message;
    });
    onThemeChange(() => this.#draw());
    send({ kind: "ready", store: remembered().store });
  }

  #greet(texts: OverviewTexts): void {
    this.#texts = texts;
    document.documentElement.lang = texts.language;
    this.#status.textContent = texts.loading;
    if (this.#data === undefined) {
      this.#main.replaceChildren(element("h1", {}, texts.heading), this.#status);
    }
  }

  #show(data: OverviewData): void {
    this.#data = data;
    remember({ store: data.store });
    this.#draw();
  }

  #draw(): void {
    const [data, texts] = [this.#data, this.#texts];
    if (data === undefined || texts === undefined) return;
    const focus = focused(this.#main);
    const open = openTables(this.#main);
    for (const chart of this.#drawn) chart.destroy();
    this.#drawn = [];
    const scene: Scene = { data, texts, theme: currentTheme(), measure: this.#measure };
    this.#main.replaceChildren(this.#header(scene), ...this.#sections(scene));
    restore(this.#main, focus, open);
    const asOf = texts.asOf.replace("{0}", moment(data.at, data.at, texts.language));
    if (this.#status.textContent !== asOf) this.#status.textContent = asOf;
  }

  #header({ texts, data }: Scene): HTMLElement {
    const refresh = element(
      "button",
      { type: "button", className: "action", onclick: () => send({ kind: "refresh" }) },
      texts.refresh,
    );
    return element(
      "header",
      {},
      element("h1", {}, texts.heading),
      data.stores.length > 1 ? storeChoice(texts, data) : undefined,
      this.#measureChoice(texts),
      refresh,
      this.#status,
    );
  }

  #sections(scene: Scene): HTMLElement[] {
    if (scene.data.overview.entries === 0) {
      return [
        element("p", { className: "empty" }, scene.texts.empty),
        element(
          "div",
          { className: "sections" },
          backups(scene, this.#drawn),
          findings(scene, this.#drawn),
        ),
      ];
    }
    return [
      totals(scene),
      element(
        "div",
        { className: "sections" },
        namespaces(scene, this.#drawn),
        growth(scene, this.#drawn),
        activity(scene, this.#drawn),
        backups(scene, this.#drawn),
        entries(scene, "largest"),
        entries(scene, "oldest"),
        findings(scene, this.#drawn),
      ),
    ];
  }

  #measureChoice(texts: OverviewTexts): HTMLElement {
    const choices: readonly (readonly [Measure, string])[] = [
      ["bytes", texts.bytes],
      ["entries", texts.entries],
    ];
    const select = element(
      "select",
      { onchange: () => this.#measureBy(select.value === "entries" ? "entries" : "bytes") },
      ...choices.map(([value, text]) => element("option", { value }, text)),
    );
    select.value = this.#measure;
    return element("label", {}, texts.measure, select);
  }

  #measureBy(measure: Measure): void {
    this.#measure = measure;
    remember({ measure });
    this.#draw();
  }
}

function storeChoice(texts: OverviewTexts, data: OverviewData): HTMLElement {
  const select = element(
    "select",
    { onchange: () => send({ kind: "showStore", store: select.value }) },
    ...data.stores.map(({ store, name }) => element("option", { value: store }, name)),
  );
  select.value = data.store;
  return element("label", {}, texts.store, select);
}

/** Where the focus is, as a number among what can have it: drawing anew must not lose it. */
function focused(main: HTMLElement): number {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement ? focusable(main).indexOf(activeElement) : -1;
}

function openTables(main: HTMLElement): readonly boolean[] {
  return [...main.querySelectorAll("details")].map(({ open }) => open);
}

function restore(main: HTMLElement, focus: number, open: readonly boolean[]): void {
  main.querySelectorAll("details").forEach((details, index) => {
    details.open = open[index] ?? false;
  });
  focusable(main)[focus]?.focus({ preventScroll: true });
}

function focusable(main: HTMLElement): HTMLElement[] {
  return [...main.querySelectorAll<HTMLElement>("button, select, summary")];
}

const main = document.getElementById("overview");
if (main !== null) new Page(main);
