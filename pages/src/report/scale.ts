// Time on the horizontal axis: a window of milliseconds on a width of pixels.
import type { Interval } from "./data";

export interface Scale {
  window: Interval;
  left: number; // pixel of window.begin
  width: number;
}

export function x_of(scale: Scale, ms: number): number {
  const { begin, end } = scale.window;
  return scale.left + ((ms - begin) / (end - begin)) * scale.width;
}

export function ms_at(scale: Scale, x: number): number {
  const { begin, end } = scale.window;
  return begin + ((x - scale.left) / scale.width) * (end - begin);
}

/** The part of an interval that is inside of the window, in pixels; null: none of it. */
export function span(scale: Scale, begin: number | null, end: number | null, least = 0) {
  const window = scale.window;
  const from = begin ?? window.begin;
  const to = end ?? window.end;
  if (to < window.begin || from > window.end || to < from) return null;
  const x0 = x_of(scale, Math.max(from, window.begin));
  const x1 = x_of(scale, Math.min(to, window.end));
  return { x: x0, width: Math.max(x1 - x0, least), cut_left: from < window.begin,
           cut_right: to > window.end || end === null };
}

/** A step of 1, 2 or 5 times a power of ten, so that about `wanted` of them fit, and the ticks. */
export function ticks(window: Interval, wanted: number): { step: number; at: number[] } {
  const raw = (window.end - window.begin) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw) ?? raw;
  const at: number[] = [];
  for (let index = Math.ceil(window.begin / step); index * step <= window.end; index++) {
    at.push(index * step);
  }
  return { step, at };
}

const kShortest = 0.01; // ms: below the resolution of what is recorded

/** The window zoomed by `factor` (below 1: closer) around `at`, inside of `limits`. */
export function zoomed(window: Interval, factor: number, at: number, limits: Interval): Interval {
  const whole = limits.end - limits.begin;
  const length = Math.min(whole, Math.max(kShortest, (window.end - window.begin) * factor));
  const share = (at - window.begin) / (window.end - window.begin);
  return inside({ begin: at - share * length, end: at + (1 - share) * length }, limits);
}

export function panned(window: Interval, byMs: number, limits: Interval): Interval {
  return inside({ begin: window.begin + byMs, end: window.end + byMs }, limits);
}

/** The window moved, and shortened if it must be, so that it is inside of `limits`. */
export function inside(window: Interval, limits: Interval): Interval {
  const length = Math.min(window.end - window.begin, limits.end - limits.begin);
  const begin = Math.min(Math.max(window.begin, limits.begin), limits.end - length);
  return { begin, end: begin + length };
}

/** Text that fits into `width` pixels at 12 px, cut with "…"; "" if not even three letters fit. */
export function fitted(text: string, width: number): string {
  const letters = Math.floor(width / 6.7);
  if (text.length <= letters) return text;
  return letters < 4 ? "" : `${text.slice(0, letters - 1)}…`;
}
