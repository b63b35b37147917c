import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";
import type { Theme } from "./theme.ts";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

/** One mark of a chart: what it is called, how much it is, and where it leads. */
export interface Mark {
  readonly label: string;
  readonly value: number;
  readonly color?: string;
  readonly follow?: () => void;
}

export interface ChartOptions {
  readonly kind: "bars" | "columns" | "line";
  readonly marks: readonly Mark[];
  /** A value for people. */
  readonly format: (value: number) => string;
  /** Colour of marks that have none of their own. */
  readonly color: string;
  readonly theme: Theme;
}

/** A chart in a canvas that is on the page already. */
export function drawChart(canvas: HTMLCanvasElement, options: ChartOptions): { destroy(): void } {
  return new Chart(canvas, configuration(options));
}

function configuration({
  kind,
  marks,
  format,
  color,
  theme,
}: ChartOptions): ChartConfiguration<"bar" | "line", number[], string> {
  const lying = kind === "bars";
  const colors = marks.map((mark) => mark.color ?? color);
  const font = { family: theme.font };
  const values = {
    beginAtZero: true,
    grid: { color: translucent(theme.lines) },
    border: { display: false },
    ticks: {
      color: theme.text,
      font,
      maxTicksLimit: 5,
      callback: (at: unknown) => format(Number(at)),
    },
  };
  const names = {
    grid: { display: false },
    border: { color: theme.lines },
    ticks: { color: theme.text, font, maxRotation: 0, autoSkip: !lying, autoSkipPadding: 16 },
  };
  return {
    type: kind === "line" ? "line" : "bar",
    data: {
      labels: marks.map(({ label }) => label),
      datasets: [
        {
          data: marks.map(({ value }) => value),
          backgroundColor: kind === "line" ? translucent(color) : colors,
          borderColor: kind === "line" ? color : theme.edge,
          borderWidth: kind === "line" ? 2 : 1,
          ...(kind === "line"
            ? { fill: true, stepped: "after", pointRadius: 0 }
            : { maxBarThickness: 28 }),
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: lying ? "y" : "x",
      interaction: { mode: "index", intersect: false, axis: lying ? "y" : "x" },
      scales: lying ? { x: values, y: names } : { x: names, y: values },
      plugins: {
        tooltip: {
          displayColors: false,
          callbacks: { label: ({ parsed }) => format((lying ? parsed.x : parsed.y) ?? 0) },
        },
      },
      onClick: (_event, [hit]) => marks[hit?.index ?? -1]?.follow?.(),
      onHover: ({ native }, [hit]) => {
        const target = native?.target;
        if (!(target instanceof HTMLElement)) return;
        target.style.cursor = marks[hit?.index ?? -1]?.follow === undefined ? "default" : "pointer";
      },
    },
  };
}

/** A theme's colour, seen through. Themes write `#rrggbb`, `#rrggbbaa` or `rgb(r, g, b)`. */
function translucent(color: string): string {
  const [hex] = /^#[\da-f]{6}/i.exec(color) ?? [];
  if (hex !== undefined) return `${hex}33`;
  const [, red, green, blue] = /^rgba?\(([^,]+),([^,]+),([^,)]+)/.exec(color) ?? [];
  return blue === undefined ? color : `rgba(${red}, ${green}, ${blue}, 0.2)`;
}
