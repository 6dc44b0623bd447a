// What a report page holds, as harness/page writes it (harness/page/run_page.h). The page and its
// data are written by one release, so this is no format that other programs read.
//
// Two forms: one JSON object in <script type="application/json" id="run">, with everything that is
// needed to answer what broke; and blocks of columns, each a gzip'd concatenation of little-endian
// arrays in <script type="text/plain" id="block-NAME"> as base64, opened when they are needed.
//
// Times are milliseconds since the start of the load unless the name says otherwise; null: unknown
// or never. Every text is data from files and may hold anything but broken UTF-8; the writer has
// bounded it.

export interface RunPage {
  run: RunFacts;
  /** The main failure in one sentence; of a run without a failure what was tested. */
  sentence: string;
  /** The four answers, each a short text; null where the run does not say. */
  answers: Answers;
  checks: Check[];
  failures: Failure[];
  explanation: Explanation | null;
  nodes: NodeLane[];
  faults: Fault[];
  messages: Messages | null;
  /** The time that is shown first, around the main failure; null: the whole run. */
  focus: Interval | null;
  operations: Operations;
  series: Series;
  blocks: { [name: string]: Block };
}

export interface Interval {
  begin: number;
  end: number;
}

export interface RunFacts {
  scenario: string;
  name: string; // of the run directory
  started: string; // UTC, ISO 8601
  seed: string; // a decimal number of 64 bits, which a JavaScript number cannot hold
  bug: string | null; // the seeded bug that was switched on
  verdict: Verdict;
  reproduce: string | null; // the command line
  loadMs: number;
  source: string | null; // revision that was built
  tested: string; // "20 faults took effect, 11 leader changes, …"
  cause: string | null; // of a harness error
}

export type Verdict = "valid" | "invalid" | "unknown" | "vacuous" | "harness-error";

export interface Answers {
  broke: string | null; // "stale read on r1"
  operations: string | null; // "read of r1 by process 7, after write 2508 by process 46"
  fault: string | null; // "cut n3, duplicate n1 n2 …"
  leader: string | null; // "n1, term 5"
  answered: string | null; // "n3, which led term 4"
}

export interface Check {
  name: string;
  verdict: Verdict;
  explanation: string;
  bound: string;
}

export interface Failure {
  signature: string;
  check: string;
  anomaly: string;
  label: string;
  sentence: string;
  faults: string[];
  count: number;
  atMs: number | null;
}

export interface Explanation {
  anomaly: string;
  model: string;
  key: string;
  sentence: string;
  operations: ExplainedOperation[];
  /** "Let … Then … However …": the argument in words. */
  words: Argument[];
  /** Lines of the logs of the nodes that served the operations, around their time. */
  logLines: LogLine[];
}

export interface ExplainedOperation {
  number: number; // from 1; the words use it
  /** Of its invocation in the history; without it the page looks for process and time. */
  index?: number | null;
  process: string;
  f: string;
  value: string;
  outcome: Outcome;
  invokeMs: number | null;
  completeMs: number | null; // null: never completed
  /** Where an order of all other operations puts it; null: it has no place, or none was computed. */
  pointMs: number | null;
  named: boolean; // the sentence is about it
  background: boolean; // there only for completeness
  servedBy: ServedBy | null;
  newestLeader: { node: string; term: number } | null;
  faults: string[]; // active while it ran: "cut n3"
}

export interface ServedBy {
  node: string;
  role: string | null;
  term: number | null;
}

export interface Argument {
  kind: "let" | "then" | "however";
  text: string;
}

export interface LogLine {
  node: string;
  ms: number | null;
  text: string;
  operation: number | null; // the number of the operation that it is shown for
}

export type Outcome = "ok" | "fail" | "info";

export interface NodeLane {
  name: string;
  /** Intervals in the order of time, without gaps of more than the trace has. */
  roles: { begin: number; end: number; role: string; term: number }[];
  states: { begin: number; end: number; state: "up" | "paused" | "dead" }[];
  /** Commit index over time, thinned; times rise. */
  commits: { ms: number; index: number }[];
  /** Error of the node's clock against the true one, while a fault changes it. */
  clock: { begin: number; end: number; text: string }[];
  leftOut: number; // intervals beyond the bound
}

export interface Fault {
  id: number;
  kind: string;
  state: "installed" | "skipped" | "indeterminate" | "planned";
  nodes: string[];
  peers: string[];
  begin: number | null;
  end: number | null;
  plannedBy: string;
  reason: string;
  /** JSON as text: parameters and evidence, for people. */
  params: string;
  evidence: string;
  outageMs: number | null;
  recoveryMs: number | null;
  recoveryEverywhereMs: number | null;
}

export interface Messages {
  window: Interval; // what `list` covers
  list: Message[];
  leftOut: number;
}

export interface Message {
  from: string;
  to: string;
  type: string;
  term: number;
  index: number;
  sentMs: number; // read by the proxy
  /** When a copy went to the receiver; null: none did within the record. */
  arrivedMs: number | null;
  fate: "delivered" | "delayed" | "stopped" | "lost" | "waiting";
  copies: number; // deliveries beyond the first
}

export interface Operations {
  count: number;
  /** Nanoseconds in one tick of the columns `invoke` and `duration`. */
  tickNs: number;
  /** Time of tick 0. */
  originMs: number;
  functions: string[]; // column `f` is an index into it
  keys: string[]; // column `key`; "" is the history without keys
  keysLeftOut: number; // keys beyond the bound share the last name
  lanes: { thread: string; node: string | null; operations: number }[]; // column `lane`
  /** Bins of the finest level of each lane's pyramid; each next level has half as many, down to 1. */
  bins: number;
  binMs: number; // of the finest level
  valuesPerBlock: number; // block `values-K` has the values of operations K·n to K·n+n-1
}

/**
 * Throughput and latency in equal bins from 0 on, in block `series`: columns `ok`, `fail`, `info`
 * (u32: completed in the bin), and `ok-p50`, … `info-p99` (f32: milliseconds, NaN: none).
 */
export interface Series {
  bins: number;
  binMs: number;
}

/**
 * Blocks: `series`; `lanes`: columns `count`, `shortest`, `longest` (u32; ticks) and `worst` (u8: 0
 * nothing, 1 ok, 2 fail, 3 info, 4 named by a violation), each lane after the other, 2·bins − 1 bins
 * a lane, the finest level first; `operations`: one row an operation, by invocation: columns `invoke`,
 * `duration` (u32 ticks; 4294967295: never completed), `process` (u32: the process's number, or an
 * index where names are not numbers), `lane`, `key`, `index` (u32: of the invocation in the history),
 * `f`, `outcome` (u8: 0 ok, 1 fail, 2 info); `values-K`: JSON array of texts.
 */
export interface Block {
  bytes: number; // when opened
  columns: { [name: string]: Column };
}

export interface Column {
  type: "u8" | "u32" | "f32";
  offset: number; // a multiple of 8
  length: number; // elements
}
