// Everything about what is selected, in a panel that is reached from everywhere on the page.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { count, duration, moment, readable, readable_lines } from "../../shared/format";
import { kOutcomes, look_of } from "../../shared/outcome";
import { open_block, value_of } from "../blocks";
import type { ExplainedOperation, Fault } from "../data";
import type { Row } from "../engine/history";
import { fault_name } from "../faults";
import { engine, explainedRows, opened, page, select, selection, show_interval, closeup, type Selection } from "../state";
import { explained_text } from "./explained";
import { message_text } from "./messages";

function Facts({ facts }: { facts: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.filter(([, value]) => value !== null && value !== "").map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd class="data">{value}</dd>
        </>
      ))}
    </dl>
  );
}

function Outcome({ code }: { code: number }) {
  const look = kOutcomes[code] ?? kOutcomes[2]!;
  return <span>{look.letter} {look.name} <span class="quiet">({look.meaning})</span></span>;
}

function times(begin: number | null, end: number | null): [string, ComponentChildren][] {
  return [
    ["invoked", begin === null ? "before the record" : moment(begin, 0.5)],
    ["completed", end === null ? "never" : moment(end, 0.5)],
    ["took", begin === null || end === null ? null : duration(end - begin)],
  ];
}

function thread_name(row: Row): string {
  const found = page().operations.lanes[row.thread];
  return found ? readable(`${found.thread}${found.node ? ` on ${found.node}` : ""}`, 60) : "";
}

function OperationDetails({ index }: { index: number }) {
  const [row, set_row] = useState<Row | null | undefined>(undefined);
  const [value, set_value] = useState<string | null | undefined>(undefined);
  const open = opened.value.operations;
  const ready = engine.value !== null;
  useEffect(() => {
    let current = true;
    set_row(undefined);
    set_value(undefined);
    const load = async () => {
      if (!(await open_block("operations"))) return;
      const found = await engine.value!.ask("index", index);
      if (!current) return;
      set_row(found);
      const text = found ? await value_of(found.row) : null;
      if (current) set_value(text);
    };
    if (ready) void load();
    return () => { current = false; };
  }, [index, ready]);
  if (row === undefined) return <p class="quiet">{open ? "Looking…" : "Opening the operations…"}</p>;
  if (row === null) return <p>The history has no invocation with index {count(index)}.</p>;
  return (
    <Facts facts={[
      ["operation", `${readable(row.f, 60)} ${readable(row.key, 200)}`],
      ["value", value === undefined ? "…" : value === null ? "not in this page" : readable(value, 4000)],
      ["outcome", <Outcome code={row.outcome} />],
      ["process", `${row.process}`],
      ["thread", thread_name(row)],
      ...times(row.invokeMs, row.completeMs),
      ["index", count(row.index)],
    ]} />
  );
}

function ExplainedDetails({ operation, at }: { operation: ExplainedOperation; at: number }) {
  const row = explainedRows.value[at];
  const { servedBy, newestLeader } = operation;
  return (
    <>
      <Facts facts={[
        ["operation", explained_text(operation, 4000)],
        ["outcome", `${look_of(operation.outcome).letter} ${operation.outcome}`],
        ["process", readable(operation.process, 100)],
        ...times(operation.invokeMs, operation.completeMs),
        ["takes effect", operation.pointMs === null ? null : moment(operation.pointMs, 0.5)],
        ["answered by", servedBy && readable(`${servedBy.node} ${servedBy.role ?? ""} ${servedBy.term === null ? "" : `term ${servedBy.term}`}`, 100)],
        ["newest leader", newestLeader && readable(`${newestLeader.node} term ${newestLeader.term}`, 100)],
        ["faults", readable(operation.faults.join(", "), 1000)],
        ["index", row ? count(row.index) : null],
      ]} />
      {row && (
        <button type="button" class="small" onClick={() => select({ kind: "operation", index: row.index })}>
          In the history
        </button>
      )}
    </>
  );
}

/** JSON as people read it; what is no JSON stays as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function FaultDetails({ fault }: { fault: Fault }) {
  return (
    <>
      <Facts facts={[
        ["state", fault.state],
        ["begin", fault.begin === null ? null : moment(fault.begin)],
        ["lasted", fault.begin === null || fault.end === null ? null : duration(fault.end - fault.begin)],
        ["planned by", readable(fault.plannedBy, 200)],
        ["reason", readable(fault.reason, 1000)],
        ["longest outage", fault.outageMs === null ? null : duration(fault.outageMs)],
        ["recovered", fault.recoveryMs === null ? null : `${duration(fault.recoveryMs)} after healing`],
        ["on every node", fault.recoveryEverywhereMs === null ? null : `${duration(fault.recoveryEverywhereMs)} after healing`],
      ]} />
      {fault.begin !== null && (
        <button type="button" class="small" onClick={() => show_interval(closeup, fault.begin!, fault.end ?? fault.begin!)}>
          Show its time
        </button>
      )}
      {fault.params && <Json title="Parameters" text={fault.params} />}
      {fault.evidence && <Json title="Evidence" text={fault.evidence} />}
    </>
  );
}

function Json({ title, text }: { title: string; text: string }) {
  return (
    <>
      <h3>{title}</h3>
      <pre class="data" tabindex={0} aria-label={title} data-own-arrows>{readable_lines(pretty(text))}</pre>
    </>
  );
}

/** Title and content for a selection; null: there is no such thing in this page. */
function content_of(selected: Selection): { title: string; body: ComponentChildren } | null {
  const { explanation, faults, messages, nodes } = page();
  switch (selected.kind) {
    case "operation":
      return { title: `Operation ${count(selected.index)}`, body: <OperationDetails index={selected.index} /> };
    case "explained": {
      const at = explanation?.operations.findIndex((each) => each.number === selected.number) ?? -1;
      if (at < 0) return null;
      return { title: `Operation ${selected.number} of the explanation`,
               body: <ExplainedDetails operation={explanation!.operations[at]!} at={at} /> };
    }
    case "fault": {
      const fault = faults.find((each) => each.id === selected.id);
      return fault ? { title: fault_name(fault, nodes.length), body: <FaultDetails fault={fault} /> } : null;
    }
    case "message": {
      const message = messages?.list[selected.at];
      return message ? { title: readable(message.type, 60), body: <p class="data">{message_text(message)}</p> } : null;
    }
  }
}

export function Details() {
  const selected = selection.value;
  const heading = useRef<HTMLHeadingElement>(null);
  if (!selected) return null;
  const content = content_of(selected) ?? { title: "Not found", body: <p>This page has nothing of that number.</p> };
  return (
    <aside class="details" aria-label="Details of the selection">
      <div class="details-head">
        <h2 ref={heading} class="data">{content.title}</h2>
        <button type="button" class="small" onClick={() => select(null)} aria-label="Close details" title="Close (Esc)">✕</button>
      </div>
      <div aria-live="polite">{content.body}</div>
    </aside>
  );
}
