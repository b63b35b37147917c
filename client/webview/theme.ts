/** Colours of the editor's theme, as a canvas needs them. */
export interface Theme {
  readonly text: string;
  readonly lines: string;
  readonly font: string;
  readonly blue: string;
  readonly green: string;
  readonly red: string;
  readonly yellow: string;
  readonly purple: string;
  /** What marks the edge of a bar where colours alone are too faint; else transparent. */
  readonly edge: string;
}

export function currentTheme(): Theme {
  const style = getComputedStyle(document.body);
  const color = (name: string, otherwise: string) =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const text = color("foreground", "CanvasText");
  return {
    text,
    lines: color("charts-lines", color("panel-border", text)),
    font: style.fontFamily,
    blue: color("charts-blue", text),
    green: color("charts-green", text),
    red: color("charts-red", text),
    yellow: color("charts-yellow", text),
    purple: color("charts-purple", text),
    edge: color("contrastBorder", "transparent"),
  };
}

/** Calls `listener` when the editor's theme has become another one. */
export function onThemeChange(listener: () => void): void {
  new MutationObserver(listener).observe(document.body, { attributeFilter: ["class"] });
}
