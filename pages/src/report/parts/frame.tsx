// The close-up: one time axis for the operations of the explanation, faults, nodes and messages.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren, RefObject } from "preact";
import { duration, moment } from "../../shared/format";
import { useGestures } from "../gestures";
import { ms_at, ticks, x_of, type Scale } from "../scale";
import { closeup, move, page, whole, type View } from "../state";
import { zoomed } from "../scale";

/** Pixels for names on the left, and for values on the right, of every plot. */
export const kLeft = 132;
export const kRight = 84;

/** The width of an element, and again whenever it changes. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, set_width] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current!;
    set_width(element.clientWidth);
    const observer = new ResizeObserver(() => set_width(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}

export function closeup_scale(width: number): Scale {
  return { window: closeup.window.value, left: kLeft, width: Math.max(50, width - kLeft - kRight) };
}

/** The axis with its labels, and grid lines down to `height`. */
export function Axis({ scale, height }: { scale: Scale; height: number }) {
  const { step, at } = ticks(scale.window, scale.width / 110);
  return (
    <g class="axis" aria-hidden="true">
      {at.map((ms) => {
        const x = Math.round(x_of(scale, ms)) + 0.5;
        return (
          <>
            <line x1={x} x2={x} y1={18} y2={height} />
            <text x={x} y={12} text-anchor="middle">{moment(ms, step)}</text>
          </>
        );
      })}
    </g>
  );
}

/** Buttons that do what wheel and keys do. */
export function WindowButtons({ view }: { view: View }) {
  const window = view.window.value;
  const by = (factor: number) => () => {
    const now = view.window.value;
    move(view, zoomed(now, factor, (now.begin + now.end) / 2, view.limits));
  };
  return (
    <span class="window-buttons">
      <span class="quiet" aria-live="polite">
        {moment(window.begin)} – {moment(window.end)} ({duration(window.end - window.begin)})
      </span>
      <button type="button" class="small" onClick={by(0.5)} aria-label="Zoom in" title="Zoom in (+)">+</button>
      <button type="button" class="small" onClick={by(2)} aria-label="Zoom out" title="Zoom out (-)">−</button>
      <button type="button" class="small" onClick={() => move(view, view.home)} title="Back to the first view (0)">
        {view === whole || !page().focus ? "Whole run" : "Failure"}
      </button>
      {view === closeup && page().focus && (
        <button type="button" class="small" onClick={() => move(view, { begin: 0, end: page().run.loadMs })}>
          Whole run
        </button>
      )}
    </span>
  );
}

/** A line below the pointer through all plots of the close-up, with its time. */
function useCrosshair(ref: RefObject<HTMLElement | null>, lineRef: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const element = ref.current!;
    const line = lineRef.current!;
    const moved = (event: PointerEvent) => {
      const x = event.clientX - element.getBoundingClientRect().left;
      const inside = x >= kLeft && x <= element.clientWidth - kRight;
      line.hidden = !inside;
      if (!inside) return;
      line.style.transform = `translateX(${Math.round(x)}px)`;
      line.firstChild!.textContent = moment(ms_at(closeup_scale(element.clientWidth), x), 0.5);
    };
    const left = () => { line.hidden = true; };
    element.addEventListener("pointermove", moved);
    element.addEventListener("pointerleave", left);
    return () => {
      element.removeEventListener("pointermove", moved);
      element.removeEventListener("pointerleave", left);
    };
  }, []);
}

/** What shares the time axis of the close-up. */
export function Frame({ children }: { children: ComponentChildren }) {
  const ref = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  useGestures(ref, closeup, { left: kLeft, right: kRight });
  useCrosshair(ref, line);
  return (
    <div class="frame" ref={ref} tabindex={0} role="group" data-view="closeup"
         aria-label="Operations, faults, nodes and messages on one time axis; arrow keys pan, plus and minus zoom">
      {children}
      <div class="crosshair" ref={line} hidden aria-hidden="true"><span> </span></div>
    </div>
  );
}
