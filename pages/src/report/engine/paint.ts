// Draws the operations of a run, a row for each thread or key, into a canvas. Runs in a worker.
import type { Interval, Operations } from "../data";
import type { Columns } from "./decode";
import type { By, Grouping, History } from "./history";
import { code_of, each_in_window, fill, kFail, kInfo, kNamed, kOk, level_for, raster_bins, runs } from "./raster";

export interface Picture {
  by: By;
  window: Interval;
  width: number; // CSS pixels of the canvas
  height: number;
  ratio: number; // device pixels a CSS pixel
  gutter: number; // left part, for names
  rowHeight: number;
  top: number; // scrolled pixels
  focus: Interval | null; // is outlined
  faults: { begin: number; end: number; colour: string }[];
  selected: number | null; // row of the columns
  colours: { [name: string]: string };
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export interface Source {
  names: string[]; // of all rows
  operations: Operations;
  pyramids: Columns | null; // block lanes
  history: History | null;
}

const kTracks = 3; // operations on one key overlap: they are drawn side by side in this many tracks
const kApart = 4; // a row is drawn operation by operation if each has as many pixels on average

/** Returns whether the details of this window need the block `operations`, which is not open. */
export function paint(canvas: OffscreenCanvas | HTMLCanvasElement, picture: Picture, source: Source): boolean {
  const { width, height, ratio } = picture;
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = canvas.getContext("2d") as Context | null;
  if (!context) throw new Error("the browser gives no 2d context for a canvas");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = picture.colours.paper!;
  context.fillRect(0, 0, width, height);
  paint_background(context, picture);
  const plot = Math.max(1, Math.floor(width - picture.gutter));
  const level = source.pyramids && picture.by === "process"
    ? level_for(source.operations, picture.window, plot) : null;
  const pixels = new Uint8Array(plot);
  const first = Math.max(0, Math.floor(picture.top / picture.rowHeight));
  const last = Math.min(source.names.length, Math.ceil((picture.top + height) / picture.rowHeight));
  for (let row = first; row < last; row++) {
    const y = row * picture.rowHeight - picture.top;
    paint_row(context, picture, source, { row, y, level, pixels });
  }
  paint_focus(context, picture);
  return source.history === null && level === null;
}

interface Place {
  row: number;
  y: number;
  level: number | null;
  pixels: Uint8Array;
}

function paint_row(context: Context, picture: Picture, source: Source, place: Place): void {
  const { row, y, pixels } = place;
  const { rowHeight, gutter, colours, by, window } = picture;
  context.fillStyle = colours.grid!;
  context.fillRect(gutter, y + rowHeight - 0.5, pixels.length, 0.5);
  context.fillStyle = colours.quiet!;
  context.font = `${Math.min(11, rowHeight - 2)}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.fillText(source.names[row]!, 0, y + rowHeight / 2, gutter - 8);
  if (place.level === null && source.history) {
    const grouping = source.history.groups(by);
    if (paint_apart(context, picture, source.history, grouping, place)) return;
    pixels.fill(0);
    const scale = pixels.length / (window.end - window.begin);
    each_in_window(source.history, grouping, row, window, by === "process", (each, begin, end) => {
      fill(pixels, (begin - window.begin) * scale, (end - window.begin) * scale,
           code_of(source.history!, each));
    });
  } else if (source.pyramids && by === "process") {
    pixels.fill(0);
    raster_bins(pixels, source.pyramids, row, place.level ?? 0, source.operations, window);
  } else {
    return;
  }
  runs(pixels, (x, width, code) => {
    paint_bar(context, picture, { x: gutter + x, y: y + 1, width, height: rowHeight - 2 }, code);
  });
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Each outcome has a colour and a place in its row: ok fills it, fail is low, info is high. */
function paint_bar(context: Context, picture: Picture, box: Box, code: number): void {
  const { colours } = picture;
  const half = box.height / 2;
  if (code === kOk) {
    context.fillStyle = colours.ok!;
    context.fillRect(box.x, box.y, box.width, box.height);
  } else if (code === kFail) {
    context.fillStyle = colours.fail!;
    context.fillRect(box.x, box.y + half, box.width, half);
    context.fillStyle = colours.failEdge!;
    context.fillRect(box.x, box.y + box.height - 1, box.width, 1);
  } else if (code === kInfo) {
    context.fillStyle = colours.info!;
    context.fillRect(box.x, box.y, box.width, half);
    context.fillStyle = colours.infoEdge!;
    context.fillRect(box.x, box.y, box.width, 1);
  } else if (code === kNamed) {
    context.fillStyle = colours.alarm!;
    context.fillRect(box.x - 1, box.y - 1, Math.max(3, box.width + 2), box.height + 2);
  }
}

/** Draws operation by operation if there are few. Returns false, and draws nothing, if there are not. */
function paint_apart(context: Context, picture: Picture, history: History, grouping: Grouping,
                     place: Place): boolean {
  const { row, y, pixels } = place;
  const { window, by, gutter, rowHeight } = picture;
  const most = pixels.length / kApart;
  const found: { row: number; begin: number; end: number }[] = [];
  let tooMany = false;
  each_in_window(history, grouping, row, window, by === "process", (each, begin, end) => {
    if (found.length < most) found.push({ row: each, begin, end });
    else tooMany = true;
  });
  if (tooMany) return false;
  const scale = pixels.length / (window.end - window.begin);
  const tracks = by === "key" ? kTracks : 1;
  const height = (rowHeight - 2) / tracks;
  const busy = new Array<number>(tracks).fill(-Infinity);
  for (const each of found) {
    const free = busy.findIndex((end) => end <= each.begin);
    const track = free < 0 ? tracks - 1 : free;
    busy[track] = each.end;
    const x0 = Math.max(0, (each.begin - window.begin) * scale);
    const x1 = Math.min(pixels.length, (each.end - window.begin) * scale);
    const box = { x: gutter + x0, y: y + 1 + track * height, width: Math.max(1.5, x1 - x0), height };
    paint_operation(context, picture, history, each.row, box);
  }
  return true;
}

function paint_operation(context: Context, picture: Picture, history: History, row: number, box: Box): void {
  const { colours } = picture;
  const outcome = history.columns.outcome![row]!;
  paint_bar(context, picture, box, outcome + 1);
  const edge = history.named.has(row) ? colours.alarm! : [colours.okEdge, colours.failEdge, colours.infoEdge][outcome];
  if (box.width >= 4) {
    context.strokeStyle = edge ?? colours.ink!;
    context.lineWidth = history.named.has(row) ? 2 : 1;
    context.strokeRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1);
  } else if (history.named.has(row)) {
    paint_bar(context, picture, box, kNamed);
  }
  if (row === picture.selected) {
    context.strokeStyle = colours.ink!;
    context.lineWidth = 2;
    context.strokeRect(box.x - 1, box.y - 1, box.width + 2, box.height + 2);
  }
  if (box.width > 46 && box.height >= 9 && outcome === 0) {
    const { f, key } = history.row(row);
    context.fillStyle = colours.onOutcome!;
    context.fillText(`${f} ${key}`.slice(0, 40), box.x + 4, box.y + box.height / 2, box.width - 6);
  }
}

function paint_background(context: Context, picture: Picture): void {
  const { window, gutter, width, height } = picture;
  const scale = (width - gutter) / (window.end - window.begin);
  for (const fault of picture.faults) {
    const x0 = Math.max(0, (fault.begin - window.begin) * scale);
    const x1 = Math.min(width - gutter, (fault.end - window.begin) * scale);
    if (x1 <= x0) continue;
    context.globalAlpha = 0.22;
    context.fillStyle = fault.colour;
    context.fillRect(gutter + x0, 0, x1 - x0, height);
    context.globalAlpha = 1;
  }
}

function paint_focus(context: Context, picture: Picture): void {
  if (!picture.focus) return;
  const { window, gutter, width, height } = picture;
  const scale = (width - gutter) / (window.end - window.begin);
  const x0 = gutter + (picture.focus.begin - window.begin) * scale;
  const x1 = gutter + (picture.focus.end - window.begin) * scale;
  context.strokeStyle = picture.colours.alarm!;
  context.lineWidth = 1;
  for (const x of [x0, x1]) {
    if (x < gutter || x > width) continue;
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, height);
    context.stroke();
  }
}

/** The operation at a point of the picture; null: none, or details are not open. */
export function operation_at(picture: Picture, source: Source, x: number, y: number): number | null {
  const { history } = source;
  const group = Math.floor((y + picture.top) / picture.rowHeight);
  if (!history || group < 0 || group >= source.names.length || x < picture.gutter) return null;
  const msPerPixel = (picture.window.end - picture.window.begin) / (picture.width - picture.gutter);
  const ms = picture.window.begin + (x - picture.gutter) * msPerPixel;
  const near = { begin: ms - 3 * msPerPixel, end: ms + 3 * msPerPixel };
  let best: number | null = null;
  let distance = Infinity;
  each_in_window(history, history.groups(picture.by), group, near, picture.by === "process",
                 (row, begin, end) => {
    const away = ms < begin ? begin - ms : ms > end ? ms - end : 0;
    if (away < distance || (away === distance && history.named.has(row))) {
      best = row;
      distance = away;
    }
  });
  return best;
}
