// Zoom and pan by mouse and keyboard.
//
// A wheel that zooms would catch every person who scrolls past, so it zooms with Ctrl, and without it once the
// person has clicked into the plot (it has the focus then). Sideways and Shift + wheel always pan.
import { useEffect } from "preact/hooks";
import type { RefObject } from "preact";
import { closeup, helpOpen, move, select, selection, target, whole, type View } from "./state";
import { panned, zoomed } from "./scale";

/** The plot inside of an element: `left` and `right` pixels of it are for names. */
export interface Margins {
  left: number;
  right: number;
}

const kDragPixels = 4; // less is a click

function ms_below(event: MouseEvent, element: HTMLElement, margins: Margins, view: View): number {
  const box = element.getBoundingClientRect();
  const width = Math.max(1, box.width - margins.left - margins.right);
  const share = Math.min(1, Math.max(0, (event.clientX - box.left - margins.left) / width));
  const { begin, end } = target(view);
  return begin + share * (end - begin);
}

function on_wheel(event: WheelEvent, element: HTMLElement, margins: Margins, view: View): void {
  const window = target(view);
  const length = window.end - window.begin;
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    move(view, panned(window, (sideways / element.clientWidth) * length, view.limits));
  } else if (event.ctrlKey || event.metaKey || element.contains(document.activeElement)) {
    event.preventDefault();
    const factor = Math.exp(Math.min(200, Math.max(-200, event.deltaY)) * 0.002);
    move(view, zoomed(window, factor, ms_below(event, element, margins, view), view.limits));
  }
}

function on_press(event: PointerEvent, element: HTMLElement, margins: Margins, view: View): void {
  if (event.button !== 0) return;
  const start = target(view);
  const width = Math.max(1, element.clientWidth - margins.left - margins.right);
  let dragging = false;
  const moved = (next: PointerEvent) => {
    const by = next.clientX - event.clientX;
    if (!dragging && Math.abs(by) < kDragPixels) return;
    dragging = true;
    element.classList.add("dragging");
    move(view, panned(start, (-by / width) * (start.end - start.begin), view.limits));
  };
  const ended = () => {
    removeEventListener("pointermove", moved);
    removeEventListener("pointerup", ended);
    removeEventListener("pointercancel", ended);
    // After the click that ends the drag, so that it selects nothing.
    setTimeout(() => element.classList.remove("dragging"));
  };
  addEventListener("pointermove", moved);
  addEventListener("pointerup", ended);
  addEventListener("pointercancel", ended);
}

/** Zoom and pan of `view` by mouse inside of an element. */
export function useGestures(ref: RefObject<HTMLElement | null>, view: View, margins: Margins): void {
  useEffect(() => {
    const element = ref.current!;
    const wheel = (event: WheelEvent) => on_wheel(event, element, margins, view);
    const press = (event: PointerEvent) => on_press(event, element, margins, view);
    const twice = (event: MouseEvent) => {
      move(view, zoomed(target(view), event.shiftKey ? 2 : 0.5, ms_below(event, element, margins, view), view.limits));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    element.addEventListener("pointerdown", press);
    element.addEventListener("dblclick", twice);
    return () => {
      element.removeEventListener("wheel", wheel);
      element.removeEventListener("pointerdown", press);
      element.removeEventListener("dblclick", twice);
    };
  }, []);
}

/** The view that keys move: the one that has the focus, else the close-up. */
function active_view(): View {
  return document.activeElement?.closest("[data-view=whole]") ? whole : closeup;
}

function moved_by(key: string, view: View) {
  const window = target(view);
  const length = window.end - window.begin;
  const middle = (window.begin + window.end) / 2;
  switch (key) {
    case "ArrowLeft": return panned(window, -0.15 * length, view.limits);
    case "ArrowRight": return panned(window, 0.15 * length, view.limits);
    case "+": case "=": return zoomed(window, 1 / 1.5, middle, view.limits);
    case "-": case "_": return zoomed(window, 1.5, middle, view.limits);
    case "0": case "Home": return view.home;
    default: return null;
  }
}

function on_key(event: KeyboardEvent): void {
  const at = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (at.closest("input, select, textarea, dialog")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search")?.focus();
  } else if (event.key === "?") {
    helpOpen.value = true;
  } else if (event.key === "Escape" && selection.value) {
    select(null);
  } else if (!at.closest("[data-own-arrows]") || !event.key.startsWith("Arrow")) {
    const view = active_view();
    const window = moved_by(event.key, view);
    if (!window) return;
    event.preventDefault();
    move(view, window);
  }
}

export function start_keys(): void {
  addEventListener("keydown", on_key);
}
