// A row for each node: role and term, whether it is up, commit index, the error of its clock, the faults
// that are about it, and the answers that it gave.
import { count, moment, readable } from "../../shared/format";
import type { ExplainedOperation, NodeLane } from "../data";
import { fault_look, took_place } from "../faults";
import { fitted, span, x_of, type Scale } from "../scale";
import { page } from "../state";

export const kNodeRow = 40;
const kRole = { y: 4, height: 17 };
const kCommit = { y: 25, height: 11 };

type Role = NodeLane["roles"][number];

/** The intervals of the window; those below half a pixel are joined to the one before them. */
function visible(roles: Role[], scale: Scale): Role[] {
  const half = (scale.window.end - scale.window.begin) / scale.width / 2;
  const shown: Role[] = [];
  for (const each of roles) {
    if (each.end < scale.window.begin || each.begin > scale.window.end) continue;
    const last = shown[shown.length - 1];
    if (last && each.end - each.begin < half && shown.length > 400) shown[shown.length - 1] = { ...last, end: each.end };
    else shown.push(each);
  }
  return shown;
}

/** Where a text begins so that no number of an answered operation covers it. */
function clear_of(badges: number[], x: number, letters: number): number {
  let start = x;
  for (const badge of badges) {
    if (badge > start - 10 && badge < start + letters * 6.6 + 10) start = badge + 13;
  }
  return start;
}

function kind_of({ role }: Role): string {
  return /^(leader|follower)$/.test(role) ? role : /candidate/.test(role) ? "candidate" : "other";
}

function RoleBar({ role, scale }: { role: Role; scale: Scale }) {
  const box = span(scale, role.begin, role.end, 1);
  if (!box) return null;
  const kind = kind_of(role);
  if (kind !== "follower") {
    return <g class={`role ${kind}`}><rect x={box.x} y={kRole.y} width={box.width} height={kRole.height} rx={2} /></g>;
  }
  return (
    <g class="role follower">
      <rect x={box.x} y={kRole.y + kRole.height / 2 - 2} width={box.width} height={4} />
      {!box.cut_left && <line x1={box.x} x2={box.x} y1={kRole.y + 2} y2={kRole.y + kRole.height - 2} />}
    </g>
  );
}

/** Drawn after the states: which role a paused node has is what matters most about it. */
function RoleText({ role, scale, badges }: { role: Role; scale: Scale; badges: number[] }) {
  const box = span(scale, role.begin, role.end, 1);
  if (!box) return null;
  const kind = kind_of(role);
  const middle = kRole.y + kRole.height / 2;
  const text = `${readable(role.role, 20)} · term ${role.term}`;
  const x = clear_of(badges, box.x + 6, text.length);
  const space = box.x + box.width - x - 2;
  const room = fitted(text, space) === text ? text : fitted(kind === "leader" ? `leader ${role.term}` : String(role.term), space + 4);
  if (!room || (kind === "follower" && box.width <= 90)) return null;
  return <g class={`role ${kind}`}><text x={x} y={middle + 4}>{room}</text></g>;
}

function States({ node, scale }: { node: NodeLane; scale: Scale }) {
  return (
    <>
      {node.states.map((each) => {
        if (each.state === "up") return null;
        const box = span(scale, each.begin, each.end, 2);
        if (!box) return null;
        return (
          <g class={`state ${each.state}`}>
            <rect x={box.x} y={1} width={box.width} height={kNodeRow - 3} />
            <text x={box.x + Math.max(2, box.width / 2)} y={kCommit.y + 8} text-anchor="middle">{each.state}</text>
          </g>
        );
      })}
    </>
  );
}

/** Commit indexes of all nodes have one scale, so that one that stays low is seen to be behind. */
function commit_bounds(scale: Scale): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const node of page().nodes) {
    for (const each of node.commits) {
      if (each.ms > scale.window.end) break;
      if (each.ms >= scale.window.begin) low = Math.min(low, each.index);
      high = Math.max(high, each.index);
    }
  }
  return low <= high ? { low, high } : { low: high, high };
}

function commit_at(node: NodeLane, ms: number): number | null {
  let low = 0;
  let high = node.commits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (node.commits[middle]!.ms <= ms) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? node.commits[low - 1]!.index : null;
}

function Commits({ node, scale, bounds }: { node: NodeLane; scale: Scale; bounds: { low: number; high: number } }) {
  const y_of = (index: number) =>
    kCommit.y + kCommit.height * (1 - (Math.max(index, bounds.low) - bounds.low) / Math.max(1, bounds.high - bounds.low));
  const { window } = scale;
  const start = commit_at(node, window.begin);
  let path = start === null ? "" : `M${scale.left} ${y_of(start).toFixed(1)}`;
  let last = -1;
  for (const each of node.commits) {
    if (each.ms < window.begin || each.ms > window.end) continue;
    const x = Math.round(x_of(scale, each.ms));
    if (path === "") path = `M${x} ${y_of(each.index).toFixed(1)}`;
    else if (x > last) path += `H${x}V${y_of(each.index).toFixed(1)}`;
    last = x;
  }
  const end = commit_at(node, window.end);
  if (end === null) return null;
  const right = scale.left + scale.width;
  return (
    <g class="commits">
      <path d={`${path}H${right}`} />
      <text x={right + 6} y={Math.min(kNodeRow - 4, Math.max(kCommit.y + 2, y_of(end) + 4))}>{count(end)}</text>
    </g>
  );
}

function Clock({ node, scale }: { node: NodeLane; scale: Scale }) {
  return (
    <>
      {node.clock.map((each) => {
        const box = span(scale, each.begin, each.end, 2);
        if (!box) return null;
        const plain = readable(each.text, 60).replace(/[{}"]/g, "");
        const text = fitted(plain.startsWith("clock") ? plain : `clock ${plain}`, Math.max(170, box.width - 8));
        return (
          <g class="clock">
            <line x1={box.x} x2={box.x + box.width} y1={kCommit.y - 2} y2={kCommit.y - 2} />
            <text x={box.x + 4} y={kCommit.y + 9}>{text}</text>
          </g>
        );
      })}
    </>
  );
}

/** A tint where a fault is about some of the nodes; one about all of them tells no node from another. */
function Tints({ node, scale }: { node: NodeLane; scale: Scale }) {
  const nodes = page().nodes.length;
  return (
    <>
      {page().faults.map((fault) => {
        if (!took_place(fault) || fault.nodes.length >= nodes || !fault.nodes.includes(node.name)) return null;
        const box = span(scale, fault.begin, fault.end, 2);
        return box && <rect class="tint" x={box.x} y={0} width={box.width} height={kNodeRow - 2}
                            style={{ fill: fault_look(fault.kind).colour }} />;
      })}
    </>
  );
}

interface Served {
  each: ExplainedOperation;
  x: number;
}

/** The explained operations that this node answered, where they were completed, side by side. */
function served_by(node: NodeLane, scale: Scale): Served[] {
  let last = -Infinity;
  return (page().explanation?.operations ?? [])
    .filter((each) => each.servedBy?.node === node.name && (each.completeMs ?? each.invokeMs) !== null)
    .map((each) => ({ each, ms: (each.completeMs ?? each.invokeMs)! }))
    .filter(({ ms }) => ms >= scale.window.begin && ms <= scale.window.end)
    .sort((a, b) => a.ms - b.ms)
    .map(({ each, ms }) => {
      last = Math.max(x_of(scale, ms), last + 17);
      return { each, x: last };
    });
}

function Answers({ served }: { served: Served[] }) {
  return (
    <>
      {served.map(({ each, x }) => (
        <g class={`served-here ${each.named ? "named" : ""}`}>
          <ellipse cx={x} cy={kRole.y + kRole.height / 2} rx={8} ry={8} />
          <text x={x} y={kRole.y + kRole.height / 2 + 4} text-anchor="middle">{each.number}</text>
        </g>
      ))}
    </>
  );
}

function says(node: NodeLane, roles: Role[]): string {
  const parts = roles.slice(0, 12).map((each) => `${each.role} of term ${each.term} from ${moment(each.begin)}`);
  const down = node.states.filter((each) => each.state !== "up").slice(0, 12)
    .map((each) => `${each.state} from ${moment(each.begin)} to ${moment(each.end)}`);
  return readable(`Node ${node.name}: ${[...parts, ...down].join("; ") || "nothing recorded"}`, 1000);
}

export function NodeRows({ scale, y }: { scale: Scale; y: number }) {
  const bounds = commit_bounds(scale);
  const right = scale.left + scale.width;
  return (
    <g class="nodes">
      {page().nodes.length > 0 && <text class="row-name" x={right + 6} y={y - 2}>commit</text>}
      {page().nodes.map((node, index) => {
        const roles = visible(node.roles, scale);
        const newest = roles[roles.length - 1];
        const served = served_by(node, scale);
        const badges = served.map(({ x }) => x);
        return (
          <g class="node" transform={`translate(0 ${y + index * kNodeRow})`} role="img" aria-label={says(node, roles)}>
            <line class="row-line" x1={0} x2={right} y1={kNodeRow - 1} y2={kNodeRow - 1} />
            <Tints node={node} scale={scale} />
            <text class="node-name" x={0} y={18}>{fitted(readable(node.name, 30), 70)}</text>
            {newest && <text class="row-name" x={0} y={33}>term {newest.term}</text>}
            {roles.map((each) => <RoleBar role={each} scale={scale} />)}
            <States node={node} scale={scale} />
            {roles.map((each) => <RoleText role={each} scale={scale} badges={badges} />)}
            <Commits node={node} scale={scale} bounds={bounds} />
            <Clock node={node} scale={scale} />
            <Answers served={served} />
          </g>
        );
      })}
    </g>
  );
}
