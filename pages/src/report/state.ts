// What the page shows at the moment. Signals, so that a part is drawn again only if what it reads
// changes.
import { signal, type Signal } from "@preact/signals";
import type { Interval, RunPage } from "./data";
import type { Engine } from "./engine/client";
import type { Row } from "./engine/history";
import { inside } from "./scale";

export type Selection =
  | { kind: "operation"; index: number }
  | { kind: "explained"; number: number }
  | { kind: "fault"; id: number }
  | { kind: "message"; at: number };

let thePage: RunPage;

/** The data of the page. */
export function page(): RunPage {
  return thePage;
}

/** A window of time, and everything that it may show. */
export interface View {
  name: "closeup" | "whole";
  window: Signal<Interval>;
  limits: Interval;
  home: Interval;
}

/** Around the main failure: operations, faults, nodes, messages. */
export const closeup: View = view("closeup");
/** The whole run: throughput, latency, all operations. */
export const whole: View = view("whole");

function view(name: View["name"]): View {
  const some = { begin: 0, end: 1 };
  return { name, window: signal(some), limits: some, home: some };
}

export const selection = signal<Selection | null>(null);
/** Rows of the columns that the explanation's operations are, once the columns are open. */
export const explainedRows = signal<(Row | null)[]>([]);
export const engine = signal<Engine | null>(null);
/** Blocks that are open. */
export const opened = signal<{ [block: string]: boolean }>({});
/** What did not work, for the person to see: a block that is broken, for example. */
export const troubles = signal<string[]>([]);
export const helpOpen = signal(false);

export function report_trouble(text: string): void {
  if (!troubles.value.includes(text)) troubles.value = [...troubles.value, text].slice(-5);
}

function limits_of(data: RunPage): Interval {
  let end = Math.max(1, data.run.loadMs, data.series.bins * data.series.binMs);
  let begin = 0;
  for (const node of data.nodes) {
    for (const each of node.roles) begin = Math.min(begin, each.begin);
    for (const each of [...node.roles, ...node.states]) end = Math.max(end, Math.min(each.end, 1.2 * end));
  }
  if (data.focus) {
    begin = Math.min(begin, data.focus.begin);
    end = Math.max(end, data.focus.end);
  }
  return { begin: Math.max(begin, -end), end };
}

/** Begins with the data of a page. Once, before anything is drawn. */
export function begin_state(data: RunPage): void {
  thePage = data;
  const limits = limits_of(data);
  const load = { begin: 0, end: Math.max(1, data.run.loadMs) };
  const focus = data.focus && data.focus.end > data.focus.begin ? data.focus : null;
  set_up(closeup, focus ? inside(focus, limits) : load, limits);
  set_up(whole, load, limits);
}

function set_up(each: View, home: Interval, limits: Interval): void {
  each.limits = limits;
  each.home = home;
  each.window.value = home;
}

const wanted = new Map<View, Interval>();

/** Moves a window with the next frame: several moves within one frame are drawn once. */
export function move(each: View, window: Interval): void {
  if (wanted.size === 0) {
    requestAnimationFrame(() => {
      for (const [moved, to] of wanted) moved.window.value = to;
      wanted.clear();
    });
  }
  wanted.set(each, inside(window, each.limits));
}

/** Where a window is, or will be with the next frame. */
export function target(each: View): Interval {
  return wanted.get(each) ?? each.window.value;
}

/** Shows `interval` with some room around it. */
export function show_interval(each: View, begin: number, end: number): void {
  const room = Math.max((end - begin) * 0.4, 2);
  move(each, { begin: begin - room, end: end + room });
}

/** Selects, and moves the close-up there if what was selected is not inside of it. */
export function select(what: Selection | null, at?: { begin: number; end: number }): void {
  selection.value = what;
  if (!at) return;
  const shown = target(closeup);
  if (at.begin < shown.begin || at.begin > shown.end) show_interval(closeup, at.begin, at.end);
}
