// Search by key, process, index of the history, and fault. Results are a list box below the field.
import { useEffect, useRef, useState } from "preact/hooks";
import { count, moment, readable } from "../../shared/format";
import { kOutcomes } from "../../shared/outcome";
import { open_block, value_of } from "../blocks";
import type { Rows } from "../engine/history";
import { fault_name } from "../faults";
import { engine, page, select } from "../state";

interface Hit {
  label: string;
  note: string;
  act: () => void | Promise<void>; // may lead to further hits
}

const kHits = 40;
const kRows = 30;

type Show = (hits: Hit[]) => void;

async function row_hits(found: Rows): Promise<Hit[]> {
  const values = await Promise.all(found.rows.map((each) => value_of(each.row)));
  return found.rows.map((each, at) => ({
    label: `${each.f} ${each.key} ${values[at] ?? ""}`,
    note: `process ${each.process}, ${moment(each.invokeMs)} ${kOutcomes[each.outcome]?.letter ?? ""}`,
    act: () => select({ kind: "operation", index: each.index },
                      { begin: each.invokeMs, end: each.completeMs ?? each.invokeMs }),
  }));
}

async function rows_of(column: "process" | "key", value: number): Promise<Hit[]> {
  if (!(await open_block("operations"))) return [];
  return row_hits(await engine.value!.ask("of", { column, value, most: kRows }));
}

function fault_hits(text: string): Hit[] {
  const { faults, nodes } = page();
  const wanted = text.toLowerCase();
  return faults
    .map((fault) => ({ fault, name: fault_name(fault, nodes.length) }))
    .filter(({ fault, name }) => wanted === "" || String(fault.id) === wanted ||
      `${name} ${fault.nodes.join(" ")}`.toLowerCase().includes(wanted))
    .slice(0, kHits)
    .map(({ fault, name }) => ({
      label: name,
      note: `fault, ${fault.begin === null ? fault.state : moment(fault.begin)}`,
      act: () => select({ kind: "fault", id: fault.id },
                        fault.begin === null ? undefined : { begin: fault.begin, end: fault.end ?? fault.begin }),
    }));
}

function key_hits(text: string, show: Show): Hit[] {
  const wanted = text.toLowerCase();
  const found: Hit[] = [];
  page().operations.keys.forEach((key, at) => {
    if (found.length >= kHits || key === "" || !key.toLowerCase().includes(wanted)) return;
    found.push({ label: key, note: "key", act: async () => show(await rows_of("key", at)) });
  });
  return found.sort((a, b) => a.label.length - b.label.length);
}

function number_hits(text: string, show: Show, what: "process" | "index" | null): Hit[] {
  if (!/^[0-9]{1,15}$/.test(text)) return [];
  const number = Number(text);
  const hits: Hit[] = [];
  if (what !== "index") hits.push({ label: `process ${text}`, note: "its operations", act: async () => show(await rows_of("process", number)) });
  if (what !== "process") {
    hits.push({ label: `index ${text}`, note: "of the history", act: () => select({ kind: "operation", index: number }) });
  }
  return hits;
}

/** What a query means: "key r1", "process 7", "index 123", "fault cut" – or any of them. */
export function hits_of(query: string, show: Show): Hit[] {
  const text = query.trim();
  const match = /^(key|process|index|fault)s?\b[\s:]*(.*)$/i.exec(text);
  const rest = match ? match[2]! : text;
  switch (match?.[1]?.toLowerCase()) {
    case "key": return key_hits(rest, show);
    case "process": return number_hits(rest, show, "process");
    case "index": return number_hits(rest, show, "index");
    case "fault": return fault_hits(rest);
    default:
      return text === "" ? []
        : [...number_hits(text, show, null), ...key_hits(text, show), ...fault_hits(text)].slice(0, kHits);
  }
}

function useSearch() {
  const [query, set_query] = useState("");
  const [hits, set_hits] = useState<Hit[]>([]);
  const [at, set_at] = useState(0);
  const [open, set_open] = useState(false);
  const show = (found: Hit[]) => {
    set_hits(found);
    set_at(0);
    set_open(true);
  };
  const typed = (text: string) => {
    set_query(text);
    show(hits_of(text, show));
    set_open(text.trim() !== "");
  };
  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    const more = hit.act();
    if (!(more instanceof Promise)) set_open(false);
  };
  return { query, hits, at, open, set_at, set_open, typed, choose };
}

type Found = ReturnType<typeof useSearch>;

function on_key(event: KeyboardEvent, found: Found): void {
  const { hits, at, open, set_at, set_open, choose } = found;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : hits.length - 1;
    if (hits.length > 0) set_at(open ? (at + step) % hits.length : 0);
    set_open(true);
  } else if (event.key === "Enter") {
    choose(hits[at]);
  } else if (event.key === "Escape") {
    if (open) set_open(false);
    else (event.target as HTMLElement).blur();
  }
}

function Results({ found }: { found: Found }) {
  const list = useRef<HTMLUListElement>(null);
  const { hits, at, choose } = found;
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at, hits]);
  return (
    <ul class="results" id="results" role="listbox" aria-label="Results" ref={list}>
      {hits.map((hit, index) => (
        <li role="option" id={`result-${index}`} aria-selected={index === at}
            onMouseDown={(event) => { event.preventDefault(); choose(hit); }}>
          <span class="data">{readable(hit.label, 120)}</span> <span class="quiet">{readable(hit.note, 60)}</span>
        </li>
      ))}
    </ul>
  );
}

export function Search() {
  const found = useSearch();
  const { query, hits, at, open } = found;
  const shown = open && query.trim() !== "";
  return (
    <div class="search" role="search">
      <input id="search" type="text" role="combobox" autocomplete="off" spellcheck={false} value={query} maxLength={200}
             placeholder="Search key, process, index, fault ( / )" aria-label="Search key, process, index or fault"
             aria-expanded={shown && hits.length > 0} aria-controls="results" aria-autocomplete="list"
             {...(shown && hits.length > 0 ? { "aria-activedescendant": `result-${at}` } : {})}
             onInput={(event) => found.typed(event.currentTarget.value)} onKeyDown={(event) => on_key(event, found)}
             onBlur={() => found.set_open(false)} />
      {shown && hits.length > 0 && <Results found={found} />}
      {shown && hits.length === 0 && <p class="results none" role="status">Nothing found</p>}
      <span class="hidden-visually" role="status">{shown ? `${count(hits.length)} results` : ""}</span>
    </div>
  );
}
