// Messages between the nodes as a sequence diagram: time to the right, a line for each node. How a
// message ended shows in the form of its line and in the mark at its end.
import { useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { count, moment, readable } from "../../shared/format";
import type { Message } from "../data";
import { fitted, x_of, type Scale } from "../scale";
import { closeup, page, select, selection } from "../state";
import { Axis, closeup_scale, useWidth } from "./frame";

const kMost = 200;
const kTop = 30;
const kNode = 38;

/** Types that are hidden. Heartbeats, and what answers them, are most of the messages and say least. */
const hidden = signal<Set<string>>(new Set(["Heartbeat"]));

export function message_text(message: Message): string {
  const { type, from, to, term, index, sentMs, arrivedMs, fate, copies } = message;
  return readable(`${type} from ${from} to ${to}, term ${term}, index ${index}, sent ${moment(sentMs, 0.5)}, ${fate}` +
    `${arrivedMs === null ? "" : ` ${moment(arrivedMs, 0.5)}`}${copies > 0 ? `, ${copies} more copies` : ""}`, 400);
}

/** The messages of the window that are drawn: where there are too many, those nearest to its middle. */
export function drawn_messages(list: Message[], begin: number, end: number, without: Set<string>) {
  const inside: number[] = [];
  list.forEach((each, at) => {
    const until = each.arrivedMs ?? each.sentMs;
    if (!without.has(each.type) && until >= begin && each.sentMs <= end) inside.push(at);
  });
  const middle = (begin + end) / 2;
  const shown = inside.length <= kMost ? inside
    : [...inside].sort((a, b) => Math.abs(list[a]!.sentMs - middle) - Math.abs(list[b]!.sentMs - middle)).slice(0, kMost);
  return { shown, inside: inside.length };
}

interface Ends {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** Where a message begins and ends: one that did not arrive ends on its way. */
function ends(message: Message, scale: Scale, rows: Map<string, number>): Ends | null {
  const from = rows.get(message.from);
  const to = rows.get(message.to);
  if (from === undefined || to === undefined) return null;
  const y_of = (row: number) => kTop + row * kNode + kNode / 2;
  const x1 = x_of(scale, message.sentMs);
  if (message.arrivedMs !== null) return { x1, y1: y_of(from), x2: x_of(scale, message.arrivedMs), y2: y_of(to) };
  const part = message.fate === "stopped" ? 0.45 : 0.7;
  return { x1, y1: y_of(from), x2: x1 + 10, y2: y_of(from) + (y_of(to) - y_of(from)) * part };
}

function Mark({ at, fate }: { at: Ends; fate: Message["fate"] }) {
  const { x2: x, y2: y } = at;
  if (fate === "stopped") return <path class="mark" d={`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} />;
  if (fate === "lost") return <ellipse class="mark" cx={x} cy={y} rx={3.5} ry={3.5} />;
  if (fate === "waiting") return <rect class="mark" x={x - 3.5} y={y - 3.5} width={7} height={7} />;
  const angle = (Math.atan2(at.y2 - at.y1, at.x2 - at.x1) * 180) / Math.PI;
  return <path class="arrow" d="M0 0l-8 -3.2v6.4z" transform={`translate(${x} ${y}) rotate(${angle})`} />;
}

function Arrow({ at, scale, rows, named }:
               { at: number; scale: Scale; rows: Map<string, number>; named: boolean }) {
  const message = page().messages!.list[at]!;
  const line = ends(message, scale, rows);
  if (!line) return null;
  const chosen = selection.value?.kind === "message" && selection.value.at === at;
  const text = message_text(message);
  return (
    <g class={`message ${message.fate} ${chosen ? "chosen" : ""}`} onClick={() => select({ kind: "message", at })}>
      <title>{text}</title>
      <line class="reach" {...line} />
      <line class="line" {...line} />
      <Mark at={line} fate={message.fate} />
      {named && (
        <text x={(line.x1 + line.x2) / 2 + 5} y={line.y1 + (line.y2 - line.y1) * 0.4}>{readable(message.type, 24)}</text>
      )}
    </g>
  );
}

function Types({ list }: { list: Message[] }) {
  const types = new Map<string, number>();
  for (const each of list) types.set(each.type, (types.get(each.type) ?? 0) + 1);
  const flip = (type: string) => {
    const next = new Set(hidden.value);
    if (!next.delete(type)) next.add(type);
    hidden.value = next;
  };
  return (
    <fieldset class="types">
      <legend class="hidden-visually">Types of messages</legend>
      {[...types].slice(0, 24).map(([type, number]) => (
        <label>
          <input type="checkbox" checked={!hidden.value.has(type)} onChange={() => flip(type)} />
          {readable(type, 30)} <span class="quiet">{count(number)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Drawing({ shown, width }: { shown: number[]; width: number }) {
  const scale = closeup_scale(width);
  const names = page().nodes.map((each) => each.name);
  const rows = new Map(names.map((name, row) => [name, row]));
  const height = kTop + names.length * kNode;
  return (
    <svg width={width} height={height} role="img" aria-label={`${shown.length} messages; the table below has them as text`}>
      <clipPath id="plot"><rect x={scale.left} y={0} width={scale.width} height={height} /></clipPath>
      <Axis scale={scale} height={height} />
      {names.map((name, row) => (
        <>
          <text class="node-name" x={0} y={kTop + row * kNode + kNode / 2 + 4}>{fitted(readable(name, 30), 120)}</text>
          <line class="life" x1={scale.left} x2={scale.left + scale.width}
                y1={kTop + row * kNode + kNode / 2} y2={kTop + row * kNode + kNode / 2} />
        </>
      ))}
      <g clip-path="url(#plot)">
        {shown.map((at) => <Arrow at={at} scale={scale} rows={rows} named={shown.length <= 24} />)}
      </g>
    </svg>
  );
}

const kFates: [Message["fate"], string][] = [
  ["delivered", "delivered"], ["delayed", "delayed by a fault"], ["stopped", "stopped by a fault"],
  ["lost", "lost"], ["waiting", "still waiting"],
];

function Legend() {
  return (
    <ul class="legend" aria-label="Fates of messages">
      {kFates.map(([fate, meaning]) => {
        const line = { x1: 2, y1: 7, x2: 30, y2: 7 };
        return (
          <li>
            <svg width={38} height={14} aria-hidden="true" class={`message ${fate}`}>
              <line class="line" {...line} />
              <Mark at={line} fate={fate} />
            </svg>{" "}
            {meaning}
          </li>
        );
      })}
    </ul>
  );
}

export function MessagesPart() {
  const ref = useRef<HTMLDivElement>(null);
  const width = useWidth(ref);
  const { messages } = page();
  const window = closeup.window.value;
  const list = messages?.list ?? [];
  const { shown, inside } = drawn_messages(list, window.begin, window.end, hidden.value);
  return (
    <section class="messages" aria-label="Messages" ref={ref}>
      <div class="title">
        <h2>Messages between the nodes</h2>
        {messages && <Types list={list} />}
        {messages && <span class="quiet">
          {inside > shown.length ? `${count(shown.length)} of ${count(inside)}, nearest to the middle: zoom in for all` : `${count(shown.length)} drawn`}
          {messages.leftOut > 0 && `; ${count(messages.leftOut)} more are not in this page`}
        </span>}
      </div>
      {!messages && <p class="quiet">This run recorded no messages.</p>}
      {messages && width > 0 && <Drawing shown={shown} width={width} />}
      {messages && <Legend />}
    </section>
  );
}
