import type { FromPage, ToPage } from "../src/overview/messages.ts";

/** What the page remembers while its tab is hidden, and over a restart of the window. */
interface Remembered {
  readonly store?: string;
  readonly measure?: "bytes" | "entries";
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): Remembered | undefined;
  setState(state: Remembered): void;
};

const host = acquireVsCodeApi();

export function send(message: FromPage): void {
  host.postMessage(message);
}

export function remembered(): Remembered {
  return host.getState() ?? {};
}

export function remember(more: Remembered): void {
  host.setState({ ...remembered(), ...more });
}

export function onMessage(listener: (message: ToPage) => void): void {
  window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => listener(data));
}
