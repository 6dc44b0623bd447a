// A curve over nights, drawn by uPlot; the table below the charts has the same numbers.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { colour, theme } from "../shared/theme";

export interface Curve {
  label: string;
  values: (number | null)[];
  colour: string; // custom property
  dash?: number[];
}

export function Chart({ title, curves, form, most }: {
  title: string;
  curves: Curve[];
  form: (value: number) => string;
  most?: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  const shown = JSON.stringify(curves);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const nights = curves[0]?.values.length ?? 0;
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--grid") } };
    const chart = new uPlot(
      {
        width: Math.max(260, element.clientWidth),
        height: 170,
        scales: {
          x: { time: false },
          y: { range: (_, __, highest) => [0, most ?? Math.max(1, (highest ?? 0) * 1.1)] },
        },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? `${tick}` : "")) },
          { ...axis, size: 70, values: (_, ticks) => ticks.map(form) },
        ],
        series: [
          { label: "night" },
          ...curves.map((curve) => ({
            label: curve.label.slice(0, 60),
            stroke: colour(curve.colour),
            width: 2,
            points: { show: true, size: 6 },
            ...(curve.dash ? { dash: curve.dash } : {}),
            value: (_: uPlot, value: number | null) => (value === null ? "–" : form(value)),
          })),
        ],
        legend: { show: curves.length > 1 },
      },
      [Array.from({ length: nights }, (_, at) => at + 1), ...curves.map((curve) => curve.values)],
      element,
    );
    const watch = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(260, element.clientWidth), height: 170 }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [shown, theme.value]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} role="img" aria-label={`${title} over nights; the table has the numbers`} />
    </figure>
  );
}
