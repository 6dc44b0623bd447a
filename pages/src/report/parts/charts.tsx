// Throughput and latency of the whole run. Zoomed in far enough, each operation is a mark.
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { count, duration, moment } from "../../shared/format";
import { kOutcomes } from "../../shared/outcome";
import { colour, theme } from "../../shared/theme";
import { open_block, series_columns } from "../blocks";
import type { Columns } from "../engine/decode";
import type { Row } from "../engine/history";
import { fault_look, took_place } from "../faults";
import { useGestures } from "../gestures";
import { draw_plot, type Curve, type Mark, type Plot } from "../plot";
import { closeup, engine, page, whole } from "../state";
import { kLeft, kRight, useWidth } from "./frame";

const kHeight = 170;
const kMarksMax = 3000;
const kQuietMs = 200; // after the last move of the window

/** Outcomes whose latency is drawn. Failures that return at once would press the others to the top. */
const shownOutcomes = signal<Set<string>>(new Set(["ok"]));
const rows = signal<Row[]>([]);

const kDashes = [[], [6, 3], [2, 2]]; // of ok, fail, info; and of p50, p95, p99
const kShapes = ["disc", "cross", "triangle"] as const;

type Part = Pick<Plot, "curves" | "marks" | "logarithmic" | "label">;

function throughput(columns: Columns): Part {
  const { binMs } = page().series;
  const curves = kOutcomes.map((each, at): Curve => ({
    values: Float64Array.from(columns[each.name] ?? [], (value) => (value * 1000) / binMs),
    colour: colour(each.edge), dash: kDashes[at]!, fill: at === 0 ? colour(each.fill) : null,
  }));
  return { curves, marks: [], logarithmic: false, label: (value) => count(Math.round(value * 10) / 10) };
}

function latency(columns: Columns): Part {
  const shown = kOutcomes.filter((each) => shownOutcomes.value.has(each.name));
  const curves = shown.flatMap((each) => ["p50", "p95", "p99"].map((name, at): Curve => ({
    values: columns[`${each.name}-${name}`] ?? [], colour: colour(each.edge), dash: kDashes[at]!, fill: null,
  })));
  const marks = rows.value.filter((each) => each.completeMs !== null).map((each): Mark => ({
    ms: each.completeMs!, value: each.completeMs! - each.invokeMs, shape: kShapes[each.outcome] ?? "triangle",
    fill: colour((kOutcomes[each.outcome] ?? kOutcomes[2]!).fill), edge: colour((kOutcomes[each.outcome] ?? kOutcomes[2]!).edge),
  }));
  return { curves, marks, logarithmic: true, label: duration };
}

/** Fetches the operations of the window a moment after it stands still, if they are few. */
function useRows(): void {
  const window = whole.window.value;
  const ready = engine.value !== null;
  useEffect(() => {
    if (!ready) return;
    if (rows.value.length > 0) rows.value = [];
    const share = (window.end - window.begin) / Math.max(1, page().run.loadMs);
    if (page().operations.count * share > 2 * kMarksMax) return;
    let current = true;
    const timer = setTimeout(() => {
      void open_block("operations")
        .then((isOpen) => (isOpen ? engine.value!.ask("overlapping", { window, most: kMarksMax }) : null))
        .then((found) => { if (current && found && !found.more) rows.value = found.rows; });
    }, kQuietMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [window, ready]);
}

function Chart({ part, width, label }: { part: Part; width: number; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const window = whole.window.value;
  useEffect(() => {
    draw_plot(canvas.current!, width, {
      ...part,
      scale: { window, left: kLeft, width: Math.max(50, width - kLeft - kRight) },
      height: kHeight,
      binMs: page().series.binMs,
      bands: page().faults.filter(took_place).map((each) => ({
        begin: each.begin!, end: each.end ?? whole.limits.end, colour: fault_look(each.kind).colour,
      })),
      lines: page().focus ? [closeup.home.begin, closeup.home.end].map((ms) => ({ ms, colour: colour("--alarm") })) : [],
      time: moment, ink: colour("--quiet"), grid: colour("--grid"),
    });
  });
  return <canvas ref={canvas} class="plot" role="img" aria-label={label} style={{ width: `${width}px`, height: `${kHeight}px` }} />;
}

function OutcomeSwitches() {
  const flip = (name: string) => {
    const next = new Set(shownOutcomes.value);
    if (!next.delete(name)) next.add(name);
    shownOutcomes.value = next;
  };
  return (
    <fieldset class="types">
      <legend class="hidden-visually">Outcomes whose latency is shown</legend>
      {kOutcomes.map((each) => (
        <label>
          <input type="checkbox" checked={shownOutcomes.value.has(each.name)} onChange={() => flip(each.name)} />
          <span class={`swatch ${each.name}`} /> {each.letter} {each.name}
        </label>
      ))}
      <span class="quiet">solid p50, dashed p95, dotted p99; zoomed in: each operation</span>
    </fieldset>
  );
}

function useColumns(): Columns | null {
  const [columns, set_columns] = useState<Columns | null>(null);
  const ready = engine.value !== null;
  useEffect(() => {
    if (ready && page().series.bins > 0) void series_columns().then(set_columns);
  }, [ready]);
  return columns;
}

export function Charts() {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const columns = useColumns();
  useGestures(frame, whole, { left: kLeft, right: kRight });
  useRows();
  theme.value; // colours of a canvas do not follow by themselves
  const drawn = columns !== null && width > 0;
  return (
    <div class="frame charts" ref={frame} tabindex={0} role="group" data-view="whole"
         aria-label="Throughput and latency; arrow keys pan, plus and minus zoom">
      <div class="title">
        <h3>Completed operations a second</h3>
        <ul class="legend" aria-label="Outcomes">
          {kOutcomes.map((each, at) => <li><span class={`line-sample dash-${at} ${each.name}`} /> {each.letter} {each.name}</li>)}
        </ul>
      </div>
      {page().series.bins === 0 && <p class="quiet">No operation completed.</p>}
      {drawn && <Chart width={width} part={throughput(columns)} label="Completed operations a second, by outcome" />}
      <div class="title">
        <h3>Latency</h3>
        <OutcomeSwitches />
      </div>
      {drawn && <Chart width={width} part={latency(columns)} label="Percentiles of latency over time, by outcome" />}
    </div>
  );
}
