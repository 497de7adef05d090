/** Amounts over time as stacked bars, drawn by uPlot. The same numbers are in a table beside or below, for those who cannot see it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { html } from './html.js';

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {readonly number[]} values one a bucket
 */

/** More colours than this cannot be told apart. */
export const MAX_SERIES = 7;

const HEIGHT = 320;

/**
 * @param {{ series: readonly Series[], labels: readonly string[], format: (value: number) => string, title: string }} properties
 * `labels`: what each bucket is called, short ones for the axis
 */
export function StackedBars({ series, labels, format, title }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [theme, setTheme] = useState(0);
  const [hovered, setHovered] = useState(
    /** @type {{ index: number, left: number } | undefined} */ (undefined),
  );
  useEffect(() => {
    const again = () => setTheme((before) => before + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', again);
    addEventListener('themechange', again);
    return () => {
      system.removeEventListener('change', again);
      removeEventListener('themechange', again);
    };
  }, []);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const chart = draw(element, { series, labels, format }, setHovered);
    const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [series, labels, theme]);
  return html`<div class="chart" role="img" aria-label=${title}>
    <div class="chart-place" ref=${place} style=${{ height: `${HEIGHT}px` }}></div>
    ${
      hovered &&
      html`<div class="chart-tip" aria-hidden="true" style=${{ left: `${hovered.left}px` }}>
        <strong>${labels[hovered.index]}</strong>
        ${series.flatMap(({ name, values }, at) =>
          values[hovered.index]
            ? [
                html`<div><i class="swatch series-${at + 1}"></i><span>${name}</span><b>${format(values[hovered.index] ?? 0)}</b></div>`,
              ]
            : [],
        )}
      </div>`
    }
  </div>`;
}

/**
 * @param {HTMLElement} element
 * @param {{ series: readonly Series[], labels: readonly string[], format: (value: number) => string }} what
 * @param {(hovered: { index: number, left: number } | undefined) => void} onHover
 */
function draw(element, { series, labels, format }, onHover) {
  const count = labels.length;
  /** @type {number[][]} each on top of those before it */
  const heights = [];
  for (const { values } of series) {
    const below = heights.at(-1);
    heights.push(values.map((value, at) => value + (below?.[at] ?? 0)));
  }
  // The highest is drawn first, and those below it over it.
  const order = series.map((_, at) => at).reverse();
  const text = colourOf(element, 'chart-text');
  const grid = { stroke: colourOf(element, 'chart-grid'), width: 1 };
  const bars = /** @type {any} */ (uPlot.paths).bars({ size: [0.72, 64] });
  const axis = { stroke: text, font: '12px system-ui, sans-serif', ticks: { show: false } };
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: () => [-0.6, Math.max(1, count) - 0.4] },
        y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 30,
          grid: { show: false },
          splits: (chart) => everyNth(count, chart.width),
          values: (_chart, splits) => splits.map((at) => labels[at] ?? ''),
        },
        { ...axis, grid, size: 66, values: (_chart, splits) => splits.map(format) },
      ],
      series: [
        {},
        ...order.map((at) => ({
          paths: bars,
          fill: colourOf(element, `series-${at + 1}`),
          stroke: 'transparent',
          width: 0,
          points: { show: false },
        })),
      ],
      hooks: {
        setCursor: [
          (chart) => {
            const { idx, left = 0 } = chart.cursor;
            const isOver = typeof idx === 'number' && left >= 0;
            onHover(
              isOver ? { index: idx, left: Math.min(left + 80, Math.max(0, chart.width - 230)) } : undefined,
            );
          },
        ],
      },
    },
    /** @type {any} */ ([labels.map((_, at) => at), ...order.map((at) => heights[at])]),
    element,
  );
}

/** As many labels as there is room for. @param {number} count @param {number} width @returns {number[]} */
function everyNth(count, width) {
  const step = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / 75))));
  return Array.from({ length: Math.ceil(count / step) }, (_, at) => at * step);
}

/** A canvas knows no style sheet: colours are read from an element that has the class. @param {HTMLElement} parent @param {string} name */
function colourOf(parent, name) {
  const probe = document.createElement('i');
  probe.className = name;
  parent.append(probe);
  const colour = getComputedStyle(probe).backgroundColor;
  probe.remove();
  return colour;
}
