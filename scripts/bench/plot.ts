/** Draws panels of lines as one SVG: little enough that a library would be the larger part. */
import type { Panel, Series } from "./growth.ts";

const WIDTH = 340;
const HEIGHT = 230;
const MARGIN = { left: 46, right: 14, top: 30, bottom: 38 };
/** Colours that the colour-blind tell apart (Okabe and Ito). */
const COLOURS = { ours: "#0072b2", released: "#d55e00", floor: "#777777" } as const;

/** The smallest of 1, 2, 5, 10, 20 … that is not below. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

function line({ contestant, points }: Series, x: (size: number) => number, y: (ms: number) => number): string {
  const colour = COLOURS[contestant];
  const path = points.map(({ size, ms }) => `${x(size).toFixed(1)},${y(ms).toFixed(1)}`);
  const dots = path.map((point) => {
    const [cx, cy] = point.split(",");
    return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>`;
  });
  return `<polyline points="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.8"/>${dots.join("")}`;
}

function panelOf({ title, axis, series }: Panel, left: number, top: number): string {
  const all = series.flatMap(({ points }) => points);
  const maxSize = Math.max(...all.map(({ size }) => size));
  const maxMs = roundUp(Math.max(...all.map(({ ms }) => ms)));
  const plotWidth = WIDTH - MARGIN.left - MARGIN.right;
  const plotHeight = HEIGHT - MARGIN.top - MARGIN.bottom;
  const x = (size: number) => MARGIN.left + (size / maxSize) * plotWidth;
  const y = (ms: number) => MARGIN.top + plotHeight - (ms / maxMs) * plotHeight;
  const ticks = [0, 0.5, 1].map((share) => {
    const ms = share * maxMs;
    const at = y(ms).toFixed(1);
    return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${MARGIN.left - 5}" y="${at}" text-anchor="end" dominant-baseline="middle">${ms}</text>`;
  });
  const sizes = [0, maxSize / 2, maxSize].map(
    (size) => `<text x="${x(size)}" y="${HEIGHT - MARGIN.bottom + 14}" text-anchor="middle">${size}</text>`,
  );
  return `<g transform="translate(${left},${top})">
<text x="${MARGIN.left}" y="18" font-weight="bold">${title}, ms</text>${ticks.join("")}${sizes.join("")}
<text x="${MARGIN.left + plotWidth / 2}" y="${HEIGHT - 8}" text-anchor="middle">${axis}</text>
${series.map((one) => line(one, x, y)).join("\n")}
</g>`;
}

/** The whole picture, two panels in a row, with a legend above them. */
export function drawPlot(panels: readonly Panel[]): string {
  const rows = Math.ceil(panels.length / 2);
  const legend = Object.entries(COLOURS).map(
    ([name, colour], at) =>
      `<rect x="${46 + at * 100}" y="8" width="12" height="12" fill="${colour}"/><text x="${63 + at * 100}" y="18">${name}</text>`,
  );
  const drawn = panels.map((panel, at) => panelOf(panel, (at % 2) * WIDTH, 24 + Math.floor(at / 2) * HEIGHT));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * 2} ${24 + rows * HEIGHT}" font-family="system-ui, sans-serif" font-size="11" fill="#333">
<title>How cost grows with calls, recorded entries, tools and executions</title>
<rect width="100%" height="100%" fill="#fff"/>
${legend.join("")}
${drawn.join("\n")}
</svg>
`;
}
