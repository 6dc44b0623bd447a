// One run: what its results say, its report, its files.
import { count, duration, readable } from "../shared/format";
import { Verdict } from "../shared/verdict";
import { entries_of, field, list_of, number_of, text_of, type RunDetails } from "./api";
import { link, place, started } from "./place";
import { Asked, Command, Data, State, Table } from "./parts";

function Checks({ results }: { results: unknown }) {
  return (
    <Table label="Checks">
      <thead>
        <tr><th scope="col">Check</th><th scope="col">Verdict</th><th scope="col">Explanation</th></tr>
      </thead>
      <tbody>
        {list_of(field(results, "checks")).map((check, index) => (
          <tr key={index}>
            <td><Data text={text_of(field(check, "name"))} longest={60} /></td>
            <td><Verdict verdict={text_of(field(check, "verdict"))} /></td>
            <td><Data text={text_of(field(check, "explanation"))} longest={600} /></td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Failures({ results }: { results: unknown }) {
  const failures = list_of(field(results, "failures"));
  if (failures.length === 0) return null;
  return (
    <section>
      <h2>Failures</h2>
      <Table label="Failures">
        <thead>
          <tr>
            <th scope="col">What</th><th scope="col">Signature</th><th scope="col">Faults</th>
            <th scope="col" class="number">Times</th><th scope="col" class="number">First at</th>
          </tr>
        </thead>
        <tbody>
          {failures.map((failure, index) => {
            const at = number_of(field(failure, "at-ms"));
            const signature = text_of(field(failure, "signature"));
            return (
              <tr key={index}>
                <td>
                  <strong><Data text={text_of(field(failure, "label"))} longest={120} /></strong>
                  <br />
                  <Data text={text_of(field(failure, "sentence"))} longest={600} />
                </td>
                <td class="mono">
                  <a href={link(["runs"], { signature })}>{readable(signature, 16)}</a>
                </td>
                <td><Data text={list_of(field(failure, "faults")).map(text_of).join(", ")} /></td>
                <td class="number">{count(number_of(field(failure, "count")) ?? 1)}</td>
                <td class="number">{at === null ? "" : duration(at)}</td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </section>
  );
}

function Faults({ results }: { results: unknown }) {
  const faults = list_of(field(field(results, "faults"), "list"));
  if (faults.length === 0) return null;
  const time = (fault: unknown, key: string) => {
    const ms = number_of(field(fault, key));
    return ms === null ? "" : duration(ms);
  };
  return (
    <section>
      <h2>Faults</h2>
      <Table label="Faults">
        <thead>
          <tr>
            <th scope="col">Fault</th><th scope="col">Nodes</th><th scope="col">State</th>
            <th scope="col" class="number">Begin</th><th scope="col" class="number">End</th>
            <th scope="col" class="number">Recovery</th>
          </tr>
        </thead>
        <tbody>
          {faults.map((fault, index) => (
            <tr key={index}>
              <td><Data text={text_of(field(fault, "kind"))} longest={60} /></td>
              <td><Data text={list_of(field(fault, "nodes")).map(text_of).join(" ")} /></td>
              <td><Data text={text_of(field(fault, "state"))} longest={40} /></td>
              <td class="number">{time(fault, "begin-ms")}</td>
              <td class="number">{time(fault, "end-ms")}</td>
              <td class="number">{time(fault, "recovery-ms")}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function Files({ run }: { run: RunDetails }) {
  return (
    <section>
      <h2>Files</h2>
      <Table label="Files">
        <thead><tr><th scope="col">File</th><th scope="col" class="number">Size</th></tr></thead>
        <tbody>
          {run.files.map((file) => (
            <tr key={file.path}>
              <td class="mono">
                <a download href={`/file/${run.scenarioName}/${run.name}/${file.path}`}>{file.path}</a>
              </td>
              <td class="number">{size(file.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {run.filesLeftOut > 0 && (
        <p class="quiet">{count(run.filesLeftOut)} further entries are not shown here.</p>
      )}
      <p>One archive of all of them, to attach to an issue:</p>
      <Command text={`capsize bundle ${run.directory}`} />
    </section>
  );
}

function Report({ run }: { run: RunDetails }) {
  if (run.report) {
    return (
      <p>
        <a class="action" href={`/report/${run.scenarioName}/${run.name}`} target="_blank"
           rel="noopener noreferrer">
          Open the report: time, faults, nodes, messages and the explanation
        </a>
      </p>
    );
  }
  return (
    <>
      <p>This run has no report page. This command writes it:</p>
      <Command text={`capsize report ${run.directory}`} />
    </>
  );
}

export const kFigures: [string, (results: unknown) => string][] = [
  ["acknowledged", (r) => shown(field(field(field(r, "counts"), "all"), "ok"), count)],
  ["failed", (r) => shown(field(field(field(r, "counts"), "all"), "fail"), count)],
  ["indeterminate", (r) => shown(field(field(field(r, "counts"), "all"), "info"), count)],
  ["p50 of acknowledged", (r) => shown(latency(r, "p50"), duration)],
  ["p99 of acknowledged", (r) => shown(latency(r, "p99"), duration)],
  ["throughput without faults", (r) =>
    shown(field(r, "ok-per-second-quiet"), (value) => `${count(Math.round(value))} a second`)],
  ["longest outage", (r) => shown(field(r, "longest-outage-ms"), duration)],
  ["leader changes", (r) => shown(field(r, "leader-changes"), count)],
  ["faults that took effect", (r) => shown(field(field(r, "tested"), "faults"), count)],
  ["behaviours", (r) => shown(field(field(r, "behaviour"), "seen"), count)],
  ["of them new to the store", (r) => shown(field(field(r, "behaviour"), "new"), count)],
  ["load", (r) => shown(field(r, "load-ms"), duration)],
  ["revision", (r) => readable(text_of(field(field(r, "versions"), "source")), 60)],
];

function latency(results: unknown, quantile: string): unknown {
  return field(field(field(results, "latency-ms"), "ok"), quantile);
}

function shown(value: unknown, form: (value: number) => string): string {
  const number = number_of(value);
  return number === null ? "" : form(number);
}

export function RunPageView() {
  const [, scenario = "", name = ""] = place.value.path;
  return (
    <Asked<RunDetails> path={`run/${encodeURIComponent(scenario)}/${encodeURIComponent(name)}`}>
      {(run) => (
        <>
          <h1>
            <Data text={run.scenarioName} longest={80} /> <span class="quiet">{started(run.name)}</span>{" "}
            <State verdict={run.facts.verdict} />
          </h1>
          {run.facts.sentence !== "" && <p class="sentence"><Data text={run.facts.sentence} longest={600} /></p>}
          {run.facts.tested !== "" && <p class="quiet"><Data text={run.facts.tested} /></p>}
          {run.facts.verdict === "running" && (
            <p><a class="action" href={link(["live", run.scenarioName, run.name])}>Watch the run</a></p>
          )}
          <Report run={run} />
          <section><h2>Checks</h2><Checks results={run.results} /></section>
          <Failures results={run.results} />
          <Faults results={run.results} />
          <section>
            <h2>Figures</h2>
            <Table label="Figures">
              <tbody>
                {kFigures.map(([label, value]) => (
                  <tr key={label}>
                    <th scope="row">{label}</th>
                    <td class="number">{value(run.results) || "–"}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </section>
          {text_of(field(run.results, "reproduce")) !== "" && (
            <section><h2>Reproduce</h2><Command text={text_of(field(run.results, "reproduce"))} /></section>
          )}
          <section>
            <h2>Scenario</h2>
            <Table label="Scenario">
              <tbody>
                {entries_of(run.scenario).map(([key, value]) => (
                  <tr key={key}>
                    <th scope="row"><Data text={key} longest={60} /></th>
                    <td><Data text={text_of(value)} longest={400} /></td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </section>
          <Files run={run} />
        </>
      )}
    </Asked>
  );
}
