// A run in progress: nodes, faults, rate and the checker, twice a second, until its verdict.
import { useEffect, useState } from "preact/hooks";
import { count, duration, moment, readable } from "../shared/format";
import { Verdict } from "../shared/verdict";
import { ask, type Snapshot } from "./api";
import { link, place } from "./place";
import { Data, Problem, Table, Waiting } from "./parts";

const kPollMs = 500;

function useSnapshot(path: string): { snapshot: Snapshot | null; problem: string } {
  const [snapshot, set_snapshot] = useState<Snapshot | null>(null);
  const [problem, set_problem] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    async function poll() {
      const answer = await ask<Snapshot>(`live/${path}`, {}, stop.signal);
      if ("error" in answer) {
        set_problem(answer.error);
      } else {
        set_problem("");
        set_snapshot(answer.value);
        const { stage, historyRead, historyBytes } = answer.value;
        if ((stage === "ended" || stage === "killed") && historyRead >= historyBytes) return;
      }
      timer = setTimeout(() => void poll().catch(() => undefined), kPollMs);
    }
    set_snapshot(null);
    poll().catch(() => undefined);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [path]);
  return { snapshot, problem };
}

const kRoleSigns: { [role: string]: string } = {
  leader: "★",
  candidate: "◆",
  precandidate: "◇",
  follower: "·",
};
const kStateSigns: { [state: string]: string } = { up: "", paused: "‖ paused", dead: "† dead" };

function Nodes({ nodes }: { nodes: Snapshot["nodes"] }) {
  return (
    <section>
      <h2>Nodes</h2>
      <Table label="Nodes">
        <thead>
          <tr>
            <th scope="col">Node</th><th scope="col">Role</th><th scope="col">Process</th>
            <th scope="col" class="number">Term</th><th scope="col" class="number">Commit index</th>
            <th scope="col" class="number">Incarnation</th>
            <th scope="col" class="number">Last transition</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.name} class={`node ${node.state}`}>
              <th scope="row">{readable(node.name, 20)}</th>
              <td class={`role ${node.role === "leader" ? "leader" : ""}`}>
                {kRoleSigns[node.role] ?? ""} {readable(node.role, 20)}
              </td>
              <td>{kStateSigns[node.state] || "up"}</td>
              <td class="number">{count(node.term)}</td>
              <td class="number">{count(node.commit)}</td>
              <td class="number">{count(node.incarnation)}</td>
              <td class="number">{node.role === "" ? "" : `${duration(node.silentMs)} ago`}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}

function Faults({ snapshot }: { snapshot: Snapshot }) {
  return (
    <section>
      <h2>Active faults</h2>
      <p class="quiet">
        {count(snapshot.faultsBegun)} of {count(snapshot.faultsPlanned)} begun
        {snapshot.faultsSkipped > 0 && `, ${count(snapshot.faultsSkipped)} skipped`}
      </p>
      <ul class="faults">
        {snapshot.faults.map((fault) => (
          <li key={fault.id}>
            <strong><Data text={fault.kind} longest={40} /></strong>{" "}
            <Data text={fault.nodes.join(" ")} />
            {fault.peers.length > 0 && <> from <Data text={fault.peers.join(" ")} /></>}
            <span class="quiet"> for {duration(Math.max(0, snapshot.timeMs - fault.beginMs))}</span>
          </li>
        ))}
      </ul>
      {snapshot.faults.length === 0 && <p>none</p>}
    </section>
  );
}

/** Completions a second as bars, one above the other by outcome; the table beside it says the same. */
function Rates({ snapshot }: { snapshot: Snapshot }) {
  const { seconds } = snapshot;
  const most = Math.max(1, ...seconds.map((each) => each.ok + each.fail + each.info));
  const height = 80;
  const bar = 100 / Math.max(30, seconds.length); // the last second at the right edge
  const last = snapshot.lastSecond;
  return (
    <section>
      <h2>Operations</h2>
      <Table label="Operations by outcome">
        <thead>
          <tr>
            <th scope="col" /><th scope="col" class="number">ok ✓</th>
            <th scope="col" class="number">fail ✕</th><th scope="col" class="number">info ?</th>
            <th scope="col" class="number">open</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">last second</th>
            <td class="number">{count(last.ok)}</td><td class="number">{count(last.fail)}</td>
            <td class="number">{count(last.info)}</td><td class="number">{count(snapshot.open)}</td>
          </tr>
          <tr>
            <th scope="row">all</th>
            <td class="number">{count(snapshot.total.ok)}</td>
            <td class="number">{count(snapshot.total.fail)}</td>
            <td class="number">{count(snapshot.total.info)}</td><td />
          </tr>
        </tbody>
      </Table>
      <svg class="rates" viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" role="img"
           aria-label={`Completions in each of the last ${seconds.length} seconds, at most ${most}`}>
        {seconds.map((each, index) => {
          let top = height;
          return (["ok", "fail", "info"] as const).map((outcome) => {
            const size = (each[outcome] / most) * height;
            top -= size;
            return size > 0 && (
              <rect key={`${index}-${outcome}`} class={`outcome-${outcome}`} x={100 - (seconds.length - index) * bar} y={top}
                    width={bar * 0.85} height={size} />
            );
          });
        })}
      </svg>
      <p class="quiet">Completions a second, from second {count(snapshot.firstSecond)} on; at most {count(most)}.</p>
    </section>
  );
}

const kCheckerWords: { [state: string]: string } = {
  following: "no violation so far",
  violated: "found a violation",
  undecided: "cannot decide this history while it grows; the run's own check may",
  "not for this workload": "follows registers only; the run's own check judges this workload",
};

function Checker({ snapshot }: { snapshot: Snapshot }) {
  const { checker, historyRead, historyBytes } = snapshot;
  const share = historyBytes === 0 ? 100 : Math.floor((100 * historyRead) / historyBytes);
  return (
    <section>
      <h2>Checker</h2>
      <p role="status" class={`checker ${checker.state === "violated" ? "violated" : ""}`}>
        {checker.state === "violated" ? "✕ " : checker.state === "following" ? "✓ " : "? "}
        {kCheckerWords[checker.state] ?? readable(checker.state, 40)}; {count(checker.operations)} operations
        judged{share < 100 && `, ${share} % of the history read`}
      </p>
      {checker.sentence !== "" && <p><Data text={checker.sentence} longest={600} /></p>}
    </section>
  );
}

const kStageWords: { [stage: string]: string } = {
  starting: "The cluster starts.",
  load: "Clients are at work.",
  judging: "The load is over; the run judges what was recorded.",
  killed: "Its process is gone, and it left no verdict.",
};

function Head({ snapshot, path }: { snapshot: Snapshot; path: string[] }) {
  const share = snapshot.timeLimitMs > 0 ? Math.min(1, snapshot.timeMs / snapshot.timeLimitMs) : 0;
  return (
    <>
      <h1>
        <Data text={snapshot.scenario || path[0]!} longest={80} />{" "}
        <span class="quiet">seed {readable(snapshot.seed, 24)}</span>{" "}
        {snapshot.stage === "ended" && <Verdict verdict={snapshot.verdict} />}
      </h1>
      {snapshot.bug !== "" && <p>with the seeded bug <Data text={snapshot.bug} longest={60} /></p>}
      <p role="status" class="stage-line">{kStageWords[snapshot.stage] ?? "The run has ended."}</p>
      <p class="quiet">
        {moment(snapshot.timeMs, 100)}
        {snapshot.timeLimitMs > 0 && ` of ${moment(snapshot.timeLimitMs, 100)} of load`}
      </p>
      <progress max={1} value={share} aria-label="Time of the load" />
      {snapshot.stage === "ended" && (
        <>
          {snapshot.sentence !== "" && <p class="sentence"><Data text={snapshot.sentence} longest={600} /></p>}
          <p><a class="action" href={link(["run", ...path])}>Open the run</a></p>
        </>
      )}
    </>
  );
}

export function LivePage() {
  const path = place.value.path.slice(1, 3);
  const { snapshot, problem } = useSnapshot(path.map(encodeURIComponent).join("/"));
  if (snapshot === null) return problem === "" ? <Waiting /> : <Problem text={problem} />;
  return (
    <>
      {problem !== "" && <Problem text={problem} />}
      <Head snapshot={snapshot} path={path} />
      <Checker snapshot={snapshot} />
      <div class="columns">
        <div><Nodes nodes={snapshot.nodes} /><Faults snapshot={snapshot} /></div>
        <Rates snapshot={snapshot} />
      </div>
    </>
  );
}
