// The top of the page: what broke, in a sentence, and the answers that a person needs first.
import { useState } from "preact/hooks";
import { counted, readable } from "../../shared/format";
import { ThemeButton } from "../../shared/theme_button";
import { Verdict } from "../../shared/verdict";
import { helpOpen, page } from "../state";
import { Search } from "./search";

export function Bar() {
  const { run } = page();
  return (
    <header class="bar">
      <Verdict verdict={run.verdict} />
      <span class="data name">{readable(run.scenario, 60)}</span>
      <span class="quiet data">{readable(run.name, 60)}</span>
      <span class="quiet data">seed {readable(run.seed, 24)}</span>
      {run.bug && <span class="tag data">seeded bug {readable(run.bug, 60)}</span>}
      <span class="space" />
      <Search />
      <ThemeButton />
      <button type="button" onClick={() => { helpOpen.value = true; }} title="Keys and marks (?)">? Help</button>
    </header>
  );
}

const kQuestions = [
  ["broke", "What broke"],
  ["operations", "Operations"],
  ["fault", "Under fault"],
  ["leader", "Leader"],
  ["answered", "Answered by"],
] as const;

function Answers() {
  const { answers } = page();
  const known = kQuestions.filter(([name]) => answers[name] !== null);
  if (known.length === 0) return null;
  return (
    <dl class="answers">
      {known.map(([name, label]) => (
        <div class={`answer ${name}`}>
          <dt>{label}</dt>
          <dd class="data">{readable(answers[name]!, 400)}</dd>
        </div>
      ))}
    </dl>
  );
}

const kSigns: { [verdict: string]: string } = { valid: "✓", invalid: "✕" };

function Checks() {
  return (
    <ul class="checks" aria-label="Checks">
      {page().checks.slice(0, 12).map((check) => (
        <li class={`check ${check.verdict}`} title={readable(`${check.explanation} ${check.bound}`.trim(), 600)}>
          <span aria-hidden="true">{kSigns[check.verdict] ?? "?"}</span> {readable(check.name, 40)}
          {check.verdict !== "valid" && <b> {readable(check.verdict, 20)}</b>}
        </li>
      ))}
    </ul>
  );
}

function Reproduce({ command }: { command: string }) {
  const [copied, set_copied] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(command).then(() => set_copied(true), () => set_copied(false));
  };
  return (
    <p class="reproduce">
      <span class="quiet">reproduce</span> <code class="data">{readable(command, 600)}</code>{" "}
      <button type="button" class="small" onClick={copy}>{copied ? "Copied" : "Copy"}</button>
    </p>
  );
}

/** Failures beside the main one. */
function Others() {
  const others = page().failures.slice(1, 21);
  const left = page().failures.length - 1 - others.length;
  if (others.length === 0) return null;
  return (
    <details class="others">
      <summary>{counted(page().failures.length - 1, "other failure")}</summary>
      <ul>
        {others.map((each) => (
          <li class="data">
            <b>{readable(each.label, 120)}</b> ({readable(each.check, 40)}, × {each.count}): {readable(each.sentence, 400)}
          </li>
        ))}
        {left > 0 && <li>{left} more</li>}
      </ul>
    </details>
  );
}

export function Head() {
  const { run, sentence } = page();
  return (
    <section class="head" aria-label="What happened">
      <h1 class="data">{readable(sentence, 600)}</h1>
      <Answers />
      {run.cause && <p class="cause data">Harness error: {readable(run.cause, 600)}</p>}
      <div class="under">
        <Checks />
        <span class="quiet data tested">{readable(run.tested, 200)}</span>
        <Others />
        {run.reproduce && <Reproduce command={run.reproduce} />}
      </div>
    </section>
  );
}
