// Suites: the last night of each, one night with its groups, and the trends over nights.
import { useEffect, useState } from "preact/hooks";
import { count, duration, readable } from "../shared/format";
import { Verdict } from "../shared/verdict";
import { ask, entries_of, field, list_of, number_of, text_of, type SuiteBrief, type SuitePage, type Trends } from "./api";
import { Chart } from "./chart";
import { link, place } from "./place";
import { Asked, Data, Problem, Table } from "./parts";

export function SuitesPage() {
  return (
    <>
      <h1>Suites</h1>
      <Asked<{ suites: SuiteBrief[] }> path="suites">
        {({ suites }) => suites.length === 0
          ? <p>The store has no ledger yet: `capsize suite smoke` makes one.</p>
          : (
            <Table label="Suites">
              <thead>
                <tr>
                  <th scope="col">Suite</th><th scope="col">Verdict of the last night</th>
                  <th scope="col">Started</th><th scope="col" class="number">Nights</th>
                  <th scope="col">In one line</th>
                </tr>
              </thead>
              <tbody>
                {suites.map((suite) => (
                  <tr key={suite.suite}>
                    <td><a href={link(["suite"], { suite: suite.suite })}><Data text={suite.suite} longest={60} /></a></td>
                    <td><Verdict verdict={suite.verdict} /></td>
                    <td><Data text={suite.started} longest={40} /></td>
                    <td class="number">{count(suite.nights)}</td>
                    <td><Data text={suite.firstLine} longest={300} /></td>
                  </tr>
                ))}
              </tbody>
            </Table>
          )}
      </Asked>
    </>
  );
}

/** A link to a run that a ledger names: "SCENARIO/TIME-SEED". */
function RunLink({ path, children }: { path: string; children: string }) {
  const parts = path.split("/");
  return parts.length === 2 ? <a href={link(["run", ...parts])}>{readable(children, 80)}</a>
                            : <Data text={children} longest={80} />;
}

const kStatusSigns: { [status: string]: string } = { new: "＋ new", back: "↺ back", known: "= known", gone: "✓ gone" };

function Groups({ assessment }: { assessment: unknown }) {
  const groups = list_of(field(assessment, "groups"));
  if (groups.length === 0) return <p>No failures.</p>;
  return (
    <Table label="Groups of failures">
      <thead>
        <tr>
          <th scope="col">Status</th><th scope="col">What</th><th scope="col">Signature</th>
          <th scope="col" class="number">Runs</th><th scope="col" class="number">Before</th>
          <th scope="col">First seen</th><th scope="col">Last seen</th>
          <th scope="col">Cases</th><th scope="col">Faults</th><th scope="col">Shortest run</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group, index) => {
          const status = text_of(field(group, "status"));
          const shown = field(group, "shown");
          const signature = text_of(field(group, "signature"));
          const counts = (key: string) =>
            entries_of(field(group, key)).map(([name, runs]) => `${name} ${text_of(runs)}`).join(", ");
          return (
            <tr key={index}>
              <td>{kStatusSigns[status] ?? readable(status, 20)}</td>
              <td>
                <strong><Data text={text_of(field(group, "label")) || text_of(field(group, "check"))} longest={120} /></strong>
                <br /><Data text={text_of(field(group, "sentence"))} longest={400} />
              </td>
              <td class="mono"><a href={link(["runs"], { signature })}>{readable(signature, 16)}</a></td>
              <td class="number">{text_of(field(group, "runs"))}</td>
              <td class="number">{text_of(field(group, "runs-before"))}</td>
              {["first", "last"].map((key) => (
                <td key={key}><Data text={text_of(field(field(group, key), "started"))} longest={30} /></td>
              ))}
              <td><Data text={counts("cases")} /></td>
              <td><Data text={counts("faults")} /></td>
              <td><RunLink path={text_of(field(shown, "path"))}>{text_of(field(shown, "id"))}</RunLink></td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function Controls({ assessment }: { assessment: unknown }) {
  return (
    <Table label="Controls">
      <thead>
        <tr><th scope="col">Control</th><th scope="col">Passed</th><th scope="col">Found</th>
          <th scope="col">Runs</th></tr>
      </thead>
      <tbody>
        {list_of(field(assessment, "controls")).map((control, index) => (
          <tr key={index}>
            <td><Data text={text_of(field(control, "bug")) || "healthy cluster"} longest={60} /></td>
            <td>{field(control, "passed") === true ? "✓ yes" : "✕ no"}</td>
            <td><Data text={text_of(field(control, "found"))} longest={300} /></td>
            <td>
              {list_of(field(control, "attempts")).map((run, at) => (
                <span key={at}><RunLink path={text_of(field(run, "path"))}>{text_of(field(run, "id"))}</RunLink>{" "}</span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Executions({ assessment }: { assessment: unknown }) {
  return (
    <Table label="Executions">
      <thead>
        <tr>
          <th scope="col">Execution</th><th scope="col">Started</th><th scope="col">Revision</th>
          <th scope="col">Host</th><th scope="col">Shard</th><th scope="col" class="number">Duration</th>
          <th scope="col">Ended</th>
        </tr>
      </thead>
      <tbody>
        {list_of(field(assessment, "executions")).map((each, index) => (
          <tr key={index}>
            {["id", "started", "revision", "host", "shard"].map((key) => (
              <td key={key}><Data text={text_of(field(each, key))} longest={60} /></td>
            ))}
            <td class="number">{duration((number_of(field(each, "seconds")) ?? 0) * 1000)}</td>
            <td><Data text={text_of(field(each, "ended-early")) || (field(each, "ended") === true ? "yes" : "not yet, or it was killed")} /></td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function NightView({ page }: { page: SuitePage }) {
  const { assessment } = page;
  return (
    <>
      <h1>
        <Data text={page.suite} longest={80} />{" "}
        <Verdict verdict={text_of(field(assessment, "verdict"))} />
      </h1>
      <p class="sentence"><Data text={text_of(field(assessment, "first-line"))} longest={400} /></p>
      <nav aria-label="Nights">
        <label>
          Night{" "}
          <select value={`${page.night}`} onChange={(event) => {
            location.hash = link(["suite"], { suite: page.suite, night: event.currentTarget.value });
          }}>
            {[...page.nights].reverse().map((night) => (
              <option key={night.night} value={`${night.night}`}>
                {readable(night.started, 30)}, {readable(night.revision, 14)}, {count(night.runs)} runs
                {night.complete ? "" : ", incomplete"}
              </option>
            ))}
          </select>
        </label>
      </nav>
      <ul class="reasons">
        {list_of(field(assessment, "reasons")).map((reason, index) => (
          <li key={index}><Verdict verdict={text_of(field(reason, "verdict"))} /> <Data text={text_of(field(reason, "text"))} longest={400} /></li>
        ))}
      </ul>
      <section><h2>Groups of failures</h2><Groups assessment={assessment} /></section>
      <section><h2>Controls</h2><Controls assessment={assessment} /></section>
      <section><h2>Executions</h2><Executions assessment={assessment} /></section>
      <p class="quiet">
        The mutes of the suite's file are not known here: a muted failure counts as invalid. The
        suite's own reports, which know them, are in the directory reports of the store.
      </p>
    </>
  );
}

function useTrends(suite: string): { trends: Trends | null; problem: string } {
  const [trends, set_trends] = useState<Trends | null>(null);
  const [problem, set_problem] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    async function collect() {
      for (;;) {
        const answer = await ask<Trends>("trends", { suite }, stop.signal);
        if ("error" in answer) {
          set_problem(answer.error);
          return;
        }
        set_trends(answer.value);
        if (answer.value.read >= answer.value.of) return;
      }
    }
    set_trends(null);
    set_problem("");
    collect().catch(() => undefined);
    return () => stop.abort();
  }, [suite]);
  return { trends, problem };
}

const kDashes = [[], [6, 3], [2, 2], [10, 3, 2, 3]];
const kColours = ["--accent", "--alarm", "--good", "--doubt"];

function TrendCharts({ trends }: { trends: Trends }) {
  const { nights } = trends;
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  const curve = (label: string, values: (number | null)[]) => [{ label, values, colour: "--accent" }];
  return (
    <div class="charts">
      <Chart title="Pass rate of the tests" form={percent} most={1}
             curves={curve("valid", nights.map((each) => share(each.valid, each.tests)))} />
      <Chart title="Rate of the most frequent groups" form={percent}
             curves={trends.groups.slice(0, 4).map((group, at) => ({
               label: group.label || group.signature,
               values: group.failing.map((runs, night) => share(runs, nights[night]?.tests ?? 0)),
               colour: kColours[at]!,
               dash: kDashes[at]!,
             }))} />
      <Chart title="Recovery time, median" form={duration}
             curves={curve("recovery", nights.map((each) => each.recoveryMs))} />
      <Chart title="Throughput without faults, median, a second" form={(value) => count(Math.round(value))}
             curves={curve("throughput", nights.map((each) => each.okPerSecond))} />
      <Chart title="New behaviours" form={(value) => count(Math.round(value))}
             curves={curve("new", nights.map((each) => each.newBehaviours))} />
    </div>
  );
}

function TrendTable({ trends }: { trends: Trends }) {
  return (
    <Table label="Trends over nights">
      <thead>
        <tr>
          <th scope="col" class="number">Night</th><th scope="col">Started</th><th scope="col">Revision</th>
          <th scope="col" class="number">Tests</th><th scope="col" class="number">Valid</th>
          <th scope="col" class="number">Invalid</th>
          <th scope="col" class="number">Recovery</th><th scope="col" class="number">Throughput</th>
          <th scope="col" class="number">New behaviours</th>
          {trends.groups.slice(0, 4).map((group, at) => (
            <th scope="col" class="number" key={at}><Data text={group.label || group.signature} longest={40} /></th>
          ))}
        </tr>
      </thead>
      <tbody>
        {trends.nights.map((night, at) => (
          <tr key={night.night}>
            <td class="number">{at + 1}</td>
            <td><Data text={night.started} longest={30} /></td>
            <td><Data text={night.revision} longest={14} /></td>
            <td class="number">{count(night.tests)}</td>
            <td class="number">{count(night.valid)}</td>
            <td class="number">{count(night.invalid)}</td>
            <td class="number">{night.recoveryMs === null ? "–" : duration(night.recoveryMs)}</td>
            <td class="number">{night.okPerSecond === null ? "–" : count(Math.round(night.okPerSecond))}</td>
            <td class="number">{night.newBehaviours === null ? "–" : count(night.newBehaviours)}</td>
            {trends.groups.slice(0, 4).map((group, index) => (
              <td class="number" key={index}>{count(group.failing[at] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

export function SuiteNightPage() {
  const suite = place.value.query.get("suite") ?? "";
  const night = place.value.query.get("night") ?? "";
  const { trends, problem } = useTrends(suite);
  return (
    <>
      <Asked<SuitePage> path="suite" query={{ suite, night }}>{(page) => <NightView page={page} />}</Asked>
      <section>
        <h2>Over nights</h2>
        {problem !== "" && <Problem text={problem} />}
        {trends !== null && (
          <>
            {trends.read < trends.of && (
              <p class="quiet" role="status">Reading results: {count(trends.read)} of {count(trends.of)} runs…</p>
            )}
            <TrendCharts trends={trends} />
            <TrendTable trends={trends} />
          </>
        )}
      </section>
    </>
  );
}
