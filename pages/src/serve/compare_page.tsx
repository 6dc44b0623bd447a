// Two runs side by side: where they differ stands out.
import { readable } from "../shared/format";
import { Verdict } from "../shared/verdict";
import { entries_of, field, list_of, text_of, type RunDetails } from "./api";
import { link, place, started } from "./place";
import { Asked, Data, State, Table } from "./parts";
import { kFigures } from "./run_page";

type Pair = [RunDetails, RunDetails];

function Row({ label, values }: { label: string; values: [string, string] }) {
  const differs = values[0] !== values[1];
  return (
    <tr class={differs ? "differs" : ""}>
      <th scope="row">{readable(label, 80)}</th>
      {values.map((value, index) => (
        <td key={index} class="half"><Data text={value || "–"} longest={400} /></td>
      ))}
      <td>{differs ? "≠ differs" : ""}</td>
    </tr>
  );
}

function Head({ runs }: { runs: Pair }) {
  return (
    <thead>
      <tr>
        <td />
        {runs.map((run, index) => (
          <th scope="col" key={index} class="half">
            <a href={link(["run", run.scenarioName, run.name])}>
              {run.scenarioName} {started(run.name)}
            </a>{" "}
            <State verdict={run.facts.verdict} />
          </th>
        ))}
        <th scope="col"><span class="hidden-visually">Whether they differ</span></th>
      </tr>
    </thead>
  );
}

function names_of(lists: [unknown[], unknown[]], key: string): string[] {
  return [...new Set(lists.flat().map((each) => text_of(field(each, key))))];
}

function Checks({ runs }: { runs: Pair }) {
  const lists = runs.map((run) => list_of(field(run.results, "checks"))) as [unknown[], unknown[]];
  return (
    <>
      {names_of(lists, "name").map((name) => {
        const found = lists.map((list) => list.find((each) => text_of(field(each, "name")) === name));
        const verdicts = found.map((check) => text_of(field(check, "verdict")));
        return (
          <tr key={name} class={verdicts[0] === verdicts[1] ? "" : "differs"}>
            <th scope="row">{readable(name, 60)}</th>
            {found.map((check, index) => (
              <td key={index} class="half">
                {verdicts[index] === "" ? "–" : <Verdict verdict={verdicts[index]!} />}{" "}
                <Data text={text_of(field(check, "explanation"))} longest={300} />
              </td>
            ))}
            <td>{verdicts[0] === verdicts[1] ? "" : "≠ differs"}</td>
          </tr>
        );
      })}
    </>
  );
}

function failures(run: RunDetails): string {
  return list_of(field(run.results, "failures"))
    .map((each) => `${text_of(field(each, "label"))} (${text_of(field(each, "signature"))})`)
    .join("; ");
}

/** "kill 3 installed, 1 skipped": the faults of a run by kind. */
function fault_counts(run: RunDetails, kind: string): string {
  const states = field(field(field(run.results, "faults"), "by-kind"), kind);
  return entries_of(states).map(([state, number]) => `${text_of(number)} ${state}`).join(", ");
}

function fault_kinds(runs: Pair): string[] {
  const kinds = runs.flatMap((run) =>
    entries_of(field(field(run.results, "faults"), "by-kind")).map(([kind]) => kind));
  return [...new Set(kinds)].sort();
}

function recoveries(run: RunDetails): string {
  return list_of(field(field(run.results, "faults"), "list"))
    .flatMap((fault) => {
      const ms = field(fault, "recovery-ms");
      return typeof ms === "number" ? [`${text_of(field(fault, "kind"))} ${Math.round(ms)} ms`] : [];
    })
    .join(", ");
}

function Section({ title, runs, children }: { title: string; runs: Pair; children: preact.ComponentChildren }) {
  return (
    <section class="sides">
      <h2>{title}</h2>
      <Table label={title}>
        <Head runs={runs} />
        <tbody>{children}</tbody>
      </Table>
    </section>
  );
}

function Comparison({ runs }: { runs: Pair }) {
  const both = (value: (run: RunDetails) => string): [string, string] => [value(runs[0]), value(runs[1])];
  const keys = [...new Set(runs.flatMap((run) => entries_of(run.scenario).map(([key]) => key)))].sort();
  return (
    <>
      <Section title="Checks" runs={runs}><Checks runs={runs} /></Section>
      <Section title="Failures" runs={runs}><Row label="failures" values={both(failures)} /></Section>
      <Section title="Figures" runs={runs}>
        {kFigures.map(([label, value]) => (
          <Row key={label} label={label} values={both((run) => value(run.results))} />
        ))}
      </Section>
      <Section title="Faults" runs={runs}>
        {fault_kinds(runs).map((kind) => (
          <Row key={kind} label={kind} values={both((run) => fault_counts(run, kind))} />
        ))}
        <Row label="recovery" values={both(recoveries)} />
      </Section>
      <Section title="Scenario" runs={runs}>
        {keys.map((key) => (
          <Row key={key} label={key} values={both((run) => text_of(field(run.scenario, key)))} />
        ))}
      </Section>
    </>
  );
}

export function ComparePage() {
  const path = (key: string) =>
    (place.value.query.get(key) ?? "").split("/").map(encodeURIComponent).join("/");
  return (
    <>
      <h1>Two runs side by side</h1>
      <Asked<RunDetails> path={`run/${path("left")}`}>
        {(left) => (
          <Asked<RunDetails> path={`run/${path("right")}`}>
            {(right) => <Comparison runs={[left, right]} />}
          </Asked>
        )}
      </Asked>
    </>
  );
}
