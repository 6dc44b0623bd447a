// What a window shows, as a table: for screen readers, and for copying.
import { useEffect, useState } from "preact/hooks";
import { count, duration, moment, readable } from "../../shared/format";
import { kOutcomes } from "../../shared/outcome";
import { open_block } from "../blocks";
import type { Interval } from "../data";
import { fault_name, took_place } from "../faults";
import { engine, page, type View } from "../state";
import { message_text } from "./messages";

const kMost = 200;
const kQuietMs = 250; // after the last move of the window

interface Line {
  ms: number;
  what: string;
  text: string;
}

function overlaps(window: Interval, begin: number, end: number | null): boolean {
  return begin <= window.end && (end ?? Infinity) >= window.begin;
}

/** Faults, roles, states and messages of the window. */
function cluster_lines(window: Interval): Line[] {
  const { faults, nodes, messages } = page();
  const lines: Line[] = [];
  for (const each of faults) {
    if (!took_place(each) || !overlaps(window, each.begin!, each.end)) continue;
    const lasts = each.end === null ? "until the end" : `for ${duration(each.end - each.begin!)}`;
    lines.push({ ms: each.begin!, what: "fault", text: `${fault_name(each, nodes.length)} ${lasts}` });
  }
  for (const node of nodes) {
    for (const each of node.roles) {
      if (overlaps(window, each.begin, each.end)) lines.push({ ms: each.begin, what: "role", text: `${node.name} ${each.role}, term ${each.term}` });
    }
    for (const each of node.states) {
      if (each.state !== "up" && overlaps(window, each.begin, each.end)) {
        lines.push({ ms: each.begin, what: "state", text: `${node.name} ${each.state} for ${duration(each.end - each.begin)}` });
      }
    }
  }
  for (const each of messages?.list ?? []) {
    if (each.type !== "Heartbeat" && overlaps(window, each.sentMs, each.arrivedMs)) lines.push({ ms: each.sentMs, what: "message", text: message_text(each) });
  }
  return lines;
}

async function operation_lines(window: Interval): Promise<{ lines: Line[]; more: boolean }> {
  if (!(await open_block("operations"))) return { lines: [], more: false };
  const found = await engine.value!.ask("overlapping", { window, most: kMost });
  const lines = found.rows.map((each) => ({
    ms: each.invokeMs,
    what: "operation",
    text: `${each.f} ${each.key}, process ${each.process}, ${kOutcomes[each.outcome]?.name ?? "?"}, ` +
          (each.completeMs === null ? "never completed" : `took ${duration(each.completeMs - each.invokeMs)}`),
  }));
  return { lines, more: found.more };
}

function useLines(view: View, open: boolean) {
  const [shown, set_shown] = useState<{ lines: Line[]; more: boolean }>({ lines: [], more: false });
  const window = view.window.value;
  const ready = engine.value !== null;
  useEffect(() => {
    if (!open || !ready) return;
    let current = true;
    const timer = setTimeout(() => {
      void operation_lines(window).then((operations) => {
        if (!current) return;
        const lines = [...operations.lines, ...(view.name === "closeup" ? cluster_lines(window) : [])];
        lines.sort((a, b) => a.ms - b.ms);
        set_shown({ lines: lines.slice(0, kMost), more: operations.more || lines.length > kMost });
      });
    }, kQuietMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [open, ready, window]);
  return shown;
}

export function WindowTable({ view, title }: { view: View; title: string }) {
  const [open, set_open] = useState(false);
  const { lines, more } = useLines(view, open);
  const window = view.window.value;
  return (
    <details class="window-table" data-view={view.name} onToggle={(event) => set_open(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && (
        <div class="scroll" tabindex={0} role="region" aria-label={title} data-own-arrows>
          <table>
            <caption class="quiet">
              {moment(window.begin)} to {moment(window.end)}: {count(lines.length)} rows{more && ", the first ones; zoom in for the others"}
            </caption>
            <thead><tr><th class="number">Time</th><th>What</th><th>Description</th></tr></thead>
            <tbody>
              {lines.map((line) => (
                <tr>
                  <td class="number">{moment(line.ms)}</td>
                  <td>{line.what}</td>
                  <td class="data">{readable(line.text, 400)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
