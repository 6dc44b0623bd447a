// Curves over time in a canvas: throughput and latency. A library for this (uPlot) has 52 kB, half of what
// all code of the page may have, for lines, a logarithmic axis and bands.
import { span, ticks, x_of, type Scale } from "./scale";

export interface Curve {
  values: ArrayLike<number>; // one a bin; NaN: none
  colour: string;
  dash: number[];
  fill: string | null;
}

export interface Mark {
  ms: number;
  value: number;
  shape: "disc" | "cross" | "triangle";
  fill: string;
  edge: string;
}

export interface Plot {
  scale: Scale;
  height: number;
  binMs: number;
  curves: Curve[];
  marks: Mark[];
  bands: { begin: number; end: number; colour: string }[];
  lines: { ms: number; colour: string }[];
  logarithmic: boolean;
  label: (value: number) => string;
  time: (ms: number, step: number) => string;
  ink: string;
  grid: string;
}

const kTop = 8;
const kBottom = 22;
const kLeast = 0.001; // a logarithm needs a value above 0

interface Vertical {
  low: number;
  high: number;
  ticks: number[];
  y_of: (value: number) => number;
}

/** The bins that a window touches, and one on each side, so that curves reach the edges. */
function bins_of(plot: Plot, length: number): { from: number; to: number } {
  const { begin, end } = plot.scale.window;
  return { from: Math.max(0, Math.floor(begin / plot.binMs) - 1), to: Math.min(length - 1, Math.ceil(end / plot.binMs) + 1) };
}

function bounds(plot: Plot): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  const take = (value: number) => {
    if (!(value > 0)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { values } of plot.curves) {
    const { from, to } = bins_of(plot, values.length);
    for (let bin = from; bin <= to; bin++) take(values[bin]!);
  }
  for (const each of plot.marks) take(Math.max(kLeast, each.value));
  return low <= high ? { low, high } : { low: 1, high: 10 };
}

function vertical(plot: Plot): Vertical {
  const { low, high } = bounds(plot);
  const room = plot.height - kTop - kBottom;
  if (!plot.logarithmic) {
    const top = high * 1.06;
    return { low: 0, high: top, ticks: ticks({ begin: 0, end: top }, 4).at, y_of: (value) => kTop + room * (1 - value / top) };
  }
  const from = Math.log10(low / 1.4);
  const to = Math.log10(Math.max(high, low * 5) * 1.4);
  const decades: number[] = [];
  for (let power = Math.ceil(from); power <= to; power++) decades.push(10 ** power);
  return { low, high, ticks: decades, y_of: (value) => kTop + room * (1 - (Math.log10(Math.max(value, kLeast)) - from) / (to - from)) };
}

function draw_axes(context: CanvasRenderingContext2D, plot: Plot, axis: Vertical): void {
  const { scale, height } = plot;
  const right = scale.left + scale.width;
  context.font = "11px system-ui, sans-serif";
  context.lineWidth = 1;
  context.strokeStyle = plot.grid;
  context.fillStyle = plot.ink;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.beginPath();
  for (const value of axis.ticks) {
    const y = Math.round(axis.y_of(value)) + 0.5;
    context.moveTo(scale.left, y);
    context.lineTo(right, y);
    context.fillText(plot.label(value), scale.left - 8, y);
  }
  const { step, at } = ticks(scale.window, scale.width / 110);
  context.textAlign = "center";
  for (const ms of at) {
    const x = Math.round(x_of(scale, ms)) + 0.5;
    context.moveTo(x, kTop);
    context.lineTo(x, height - kBottom);
    context.fillText(plot.time(ms, step), x, height - kBottom / 2);
  }
  context.stroke();
}

function draw_bands(context: CanvasRenderingContext2D, plot: Plot): void {
  const room = plot.height - kTop - kBottom;
  for (const { begin, end, colour } of plot.bands) {
    const box = span(plot.scale, begin, end, 1);
    if (!box) continue;
    context.globalAlpha = 0.3;
    context.fillStyle = colour;
    context.fillRect(box.x, kTop, box.width, room);
  }
  context.globalAlpha = 1;
  for (const { ms, colour } of plot.lines) {
    if (!span(plot.scale, ms, ms)) continue;
    context.fillStyle = colour;
    context.fillRect(Math.round(x_of(plot.scale, ms)), kTop, 1, room);
  }
}

type Point = [x: number, y: number];

/** The pieces of a curve between its gaps. */
function pieces(plot: Plot, axis: Vertical, values: ArrayLike<number>): Point[][] {
  const { from, to } = bins_of(plot, values.length);
  const found: Point[][] = [];
  let piece: Point[] = [];
  for (let bin = from; bin <= to; bin++) {
    const value = values[bin]!;
    if (Number.isFinite(value) && (!plot.logarithmic || value > 0)) {
      piece.push([x_of(plot.scale, (bin + 0.5) * plot.binMs), axis.y_of(value)]);
    } else if (piece.length > 0) {
      found.push(piece);
      piece = [];
    }
  }
  if (piece.length > 0) found.push(piece);
  return found;
}

/** `outer` moved along the line to `inner` until it is within `low` and `high`. */
function pulled_in(outer: Point, inner: Point, low: number, high: number): Point {
  const x = Math.min(high, Math.max(low, outer[0]));
  if (x === outer[0] || inner[0] === outer[0]) return outer;
  return [x, outer[1] + ((inner[1] - outer[1]) * (x - outer[0])) / (inner[0] - outer[0])];
}

/**
 * Cuts what is far outside of the plot. Seen from near, the next bin is millions of pixels away, and a
 * browser lays each dash of the line until there.
 */
function cut(piece: Point[], scale: Scale): Point[] {
  if (piece.length < 2) return piece;
  const [low, high] = [scale.left - 20, scale.left + scale.width + 20];
  let first = 0;
  let last = piece.length - 1;
  while (first + 1 < last && piece[first + 1]![0] < low) first++;
  while (last - 1 > first && piece[last - 1]![0] > high) last--;
  const inside = piece.slice(first, last + 1);
  inside[0] = pulled_in(piece[first]!, piece[first + 1]!, low, high);
  inside[inside.length - 1] = pulled_in(piece[last]!, piece[last - 1]!, low, high);
  return inside;
}

function draw_curve(context: CanvasRenderingContext2D, plot: Plot, axis: Vertical, curve: Curve): void {
  const bottom = plot.height - kBottom;
  const path = new Path2D();
  const area = new Path2D();
  for (const each of pieces(plot, axis, curve.values)) {
    const points = cut(each, plot.scale);
    const [start, end] = [points[0]!, points[points.length - 1]!];
    // A bin between two gaps is a short line, so that it is seen.
    path.moveTo(start[0] - 0.5, start[1]);
    area.moveTo(start[0], bottom);
    for (const [x, y] of points) {
      path.lineTo(x + 0.5, y);
      area.lineTo(x, y);
    }
    area.lineTo(end[0], bottom);
    area.closePath();
  }
  if (curve.fill) {
    context.fillStyle = curve.fill;
    context.globalAlpha = 0.3;
    context.fill(area);
    context.globalAlpha = 1;
  }
  context.strokeStyle = curve.colour;
  context.lineWidth = 1.4;
  context.setLineDash(curve.dash);
  context.stroke(path);
  context.setLineDash([]);
}

function draw_mark(context: CanvasRenderingContext2D, x: number, y: number, mark: Mark): void {
  const size = 3.2;
  context.fillStyle = mark.fill;
  context.strokeStyle = mark.edge;
  context.beginPath();
  if (mark.shape === "disc") {
    context.arc(x, y, size * 0.85, 0, 7);
  } else if (mark.shape === "triangle") {
    context.moveTo(x, y - size);
    context.lineTo(x + size, y + size);
    context.lineTo(x - size, y + size);
    context.closePath();
  } else {
    context.moveTo(x - size, y - size);
    context.lineTo(x + size, y + size);
    context.moveTo(x + size, y - size);
    context.lineTo(x - size, y + size);
  }
  if (mark.shape !== "cross") context.fill();
  context.stroke();
}

/** Draws a plot into a canvas of `width` × plot.height CSS pixels. */
export function draw_plot(canvas: HTMLCanvasElement, width: number, plot: Plot): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(plot.height * ratio);
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const axis = vertical(plot);
  draw_axes(context, plot, axis);
  context.save();
  context.beginPath();
  context.rect(plot.scale.left, kTop, plot.scale.width, plot.height - kTop - kBottom);
  context.clip();
  draw_bands(context, plot);
  for (const curve of plot.curves) draw_curve(context, plot, axis, curve);
  context.lineWidth = 1;
  for (const mark of plot.marks) draw_mark(context, x_of(plot.scale, mark.ms), axis.y_of(mark.value), mark);
  context.restore();
}
