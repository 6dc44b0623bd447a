// The runs of the store, the newest first, with filters.
import { useEffect, useRef, useState } from "preact/hooks";
import { count, duration } from "../shared/format";
import { ask, type Run, type RunPage } from "./api";
import { link, place, replace_query, started } from "./place";
import { Data, Problem, State, Table } from "./parts";

const kVerdicts = ["invalid", "valid", "unknown", "vacuous", "harness-error", "running", "killed"];
const kKeys = ["scenario", "verdict", "signature", "text"] as const;
type Filter = { [key in (typeof kKeys)[number]]: string };

function filter_of(query: URLSearchParams): Filter {
  const value = (key: string) => query.get(key) ?? "";
  return {
    scenario: value("scenario"),
    verdict: value("verdict"),
    signature: value("signature"),
    text: value("text"),
  };
}

/** The runs found so far; asks on until a page is full, since the server stops after a moment. */
function useRuns(filter: Filter, pages: number) {
  const [runs, set_runs] = useState<Run[]>([]);
  const [last, set_last] = useState<RunPage | null>(null);
  const [problem, set_problem] = useState("");
  const [busy, set_busy] = useState(true);
  useEffect(() => {
    const stop = new AbortController();
    const wanted = pages * 50;
    async function collect() {
      set_busy(true);
      set_problem("");
      let found: Run[] = [];
      let before = "";
      for (;;) {
        const answer = await ask<RunPage>("runs", { ...filter, before }, stop.signal);
        if ("error" in answer) {
          set_problem(answer.error);
          break;
        }
        found = [...found, ...answer.value.runs];
        set_runs(found);
        set_last(answer.value);
        if (answer.value.next === null || found.length >= wanted) break;
        before = answer.value.next;
      }
      set_busy(false);
    }
    collect().catch(() => undefined); // given up, because the filter has changed
    return () => stop.abort();
  }, [filter.scenario, filter.verdict, filter.signature, filter.text, pages]);
  return { runs, last, problem, busy };
}

function Filters({ filter, scenarios }: { filter: Filter; scenarios: string[] }) {
  const set = (key: keyof Filter, value: string) => replace_query({ ...filter, [key]: value });
  const timer = useRef(0);
  const later = (key: keyof Filter) => (event: Event) => {
    const { value } = event.currentTarget as HTMLInputElement;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set(key, value), 250);
  };
  const known = filter.scenario === "" || scenarios.includes(filter.scenario);
  return (
    <form class="filters" role="search" aria-label="Runs" onSubmit={(event) => event.preventDefault()}>
      <label>
        Verdict
        <select value={filter.verdict}
                onChange={(event) => set("verdict", event.currentTarget.value)}>
          <option value="">all</option>
          {kVerdicts.map((each) => <option key={each} value={each}>{each.replace("-", " ")}</option>)}
        </select>
      </label>
      <label>
        Scenario
        <select value={filter.scenario}
                onChange={(event) => set("scenario", event.currentTarget.value)}>
          <option value="">all</option>
          {!known && <option value={filter.scenario}>{filter.scenario}</option>}
          {scenarios.map((each) => <option key={each} value={each}>{each}</option>)}
        </select>
      </label>
      <label>
        Signature
        <input type="search" size={17} value={filter.signature} onInput={later("signature")} />
      </label>
      <label>
        Text
        <input type="search" size={24} value={filter.text} onInput={later("text")}
               placeholder="stale read, n3, seed …" />
      </label>
    </form>
  );
}

function Row({ run, chosen, choose }: {
  run: Run;
  chosen: boolean;
  choose: (on: boolean) => void;
}) {
  const page = run.verdict === "running" ? "live" : "run";
  return (
    <tr>
      <td>
        <input type="checkbox" checked={chosen} aria-label={`Compare ${run.scenario}/${run.name}`}
               onChange={(event) => choose(event.currentTarget.checked)} />
      </td>
      <td><State verdict={run.verdict} /></td>
      <td class="when">
        <a href={link([page, run.scenario, run.name])}>{started(run.name)}</a>
      </td>
      <td><Data text={run.scenario} longest={60} /></td>
      <td>{run.bug !== "" && <Data text={run.bug} longest={60} />}</td>
      <td class="found"><Data text={run.label || run.cause || ""} longest={120} /></td>
      <td class="mono">
        {run.signature !== "" && (
          <a href={link(["runs"], { signature: run.signature })}>{run.signature.slice(0, 8)}</a>
        )}
      </td>
      <td class="number">{run.loadMs === null ? "" : duration(run.loadMs)}</td>
      <td class="number">{run.operations === null ? "" : count(run.operations)}</td>
      <td class="number mono"><Data text={run.seed} longest={24} /></td>
    </tr>
  );
}

export function RunsPage() {
  const filter = filter_of(place.value.query);
  const [pages, set_pages] = useState(1);
  const [chosen, set_chosen] = useState<string[]>([]);
  const { runs, last, problem, busy } = useRuns(filter, pages);
  const choose = (id: string) => (on: boolean) =>
    set_chosen((before) => [...before.filter((each) => each !== id), ...(on ? [id] : [])].slice(-2));
  return (
    <>
      <h1>Runs</h1>
      <Filters filter={filter} scenarios={last?.scenarios ?? []} />
      {problem !== "" && <Problem text={problem} />}
      <p class="quiet" role="status">
        {busy ? "Reading… " : ""}
        {last && `${count(runs.length)} shown; looked at ${count(last.searched)} of ${count(last.total)} runs`}
      </p>
      {chosen.length === 2 && (
        <p>
          <a class="action" href={link(["compare"], { left: chosen[0]!, right: chosen[1]! })}>
            Compare the two chosen runs
          </a>
        </p>
      )}
      {chosen.length === 1 && <p class="quiet">Choose one more run to compare it with.</p>}
      <Table label="Runs">
        <thead>
          <tr>
            <th scope="col"><span class="hidden-visually">Compare</span></th>
            <th scope="col">Verdict</th>
            <th scope="col">Started (UTC)</th>
            <th scope="col">Scenario</th>
            <th scope="col">Seeded bug</th>
            <th scope="col">Found</th>
            <th scope="col">Signature</th>
            <th scope="col" class="number">Load</th>
            <th scope="col" class="number">Acknowledged</th>
            <th scope="col" class="number">Seed</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const id = `${run.scenario}/${run.name}`;
            return <Row key={id} run={run} chosen={chosen.includes(id)} choose={choose(id)} />;
          })}
        </tbody>
      </Table>
      {!busy && runs.length === 0 && problem === "" && (
        <p>{last?.total === 0 ? "The store has no runs yet: `capsize run` makes one."
                              : "No run passes these filters."}</p>
      )}
      {last !== null && last.next !== null && !busy && (
        <p><button type="button" onClick={() => set_pages(pages + 1)}>Show more</button></p>
      )}
    </>
  );
}
