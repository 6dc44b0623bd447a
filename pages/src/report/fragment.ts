// The URL's fragment says what is selected and which time is shown, so a link leads to both:
// #op=123&from=1200&to=1500, times in milliseconds; explained=, fault=, run-from=, run-to= likewise.
import { effect } from "@preact/signals";
import type { Interval } from "./data";
import { closeup, selection, whole, type Selection, type View } from "./state";
import { inside } from "./scale";

function number_of(fields: URLSearchParams, name: string): number | null {
  const text = fields.get(name);
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

function selection_of(fields: URLSearchParams): Selection | null {
  const op = number_of(fields, "op");
  if (op !== null) return { kind: "operation", index: op };
  const explained = number_of(fields, "explained");
  if (explained !== null) return { kind: "explained", number: explained };
  const fault = number_of(fields, "fault");
  return fault === null ? null : { kind: "fault", id: fault };
}

function window_of(fields: URLSearchParams, from: string, to: string, view: View): Interval {
  const begin = number_of(fields, from);
  const end = number_of(fields, to);
  if (begin === null || end === null || end <= begin) return view.home;
  return inside({ begin, end }, view.limits);
}

function read(): void {
  const fields = new URLSearchParams(location.hash.slice(1));
  closeup.window.value = window_of(fields, "from", "to", closeup);
  whole.window.value = window_of(fields, "run-from", "run-to", whole);
  selection.value = selection_of(fields);
}

function written(): string {
  const fields = new URLSearchParams();
  const selected = selection.value;
  if (selected?.kind === "operation") fields.set("op", String(selected.index));
  if (selected?.kind === "explained") fields.set("explained", String(selected.number));
  if (selected?.kind === "fault") fields.set("fault", String(selected.id));
  for (const [view, from, to] of [[closeup, "from", "to"], [whole, "run-from", "run-to"]] as const) {
    const { begin, end } = view.window.value;
    if (begin === view.home.begin && end === view.home.end) continue;
    fields.set(from, begin.toFixed(3).replace(/\.?0+$/, ""));
    fields.set(to, end.toFixed(3).replace(/\.?0+$/, ""));
  }
  return fields.toString();
}

const kQuietMs = 150; // browsers refuse more than some changes a second

/** Reads the fragment now and whenever it changes, and writes it after every change of the page. */
export function start_fragment(): void {
  read();
  let last = location.hash.slice(1);
  addEventListener("hashchange", () => {
    if (location.hash.slice(1) !== last) read();
  });
  let timer = 0;
  effect(() => {
    const next = written();
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (next === last) return;
      last = next;
      history.replaceState(null, "", next ? `#${next}` : location.pathname + location.search);
    }, kQuietMs);
  });
}
