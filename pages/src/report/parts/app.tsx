// The page: from what broke to the whole run.
import { useEffect, useState } from "preact/hooks";
import { readable } from "../../shared/format";
import { closeup, page, troubles, whole } from "../state";
import { AllOperations } from "./all_operations";
import { Charts } from "./charts";
import { Details } from "./details";
import { Frame, WindowButtons } from "./frame";
import { Bar, Head } from "./head";
import { Help } from "./help";
import { LogLines } from "./log_lines";
import { MessagesPart } from "./messages";
import { Recovery } from "./recovery";
import { Timeline } from "./timeline";
import { WindowTable } from "./window_table";
import { Words } from "./words";

function Troubles() {
  if (troubles.value.length === 0) return null;
  return (
    <div class="troubles" role="alert">
      {troubles.value.map((each) => <p class="data">{readable(each, 400)}</p>)}
    </div>
  );
}

function CloseUp() {
  const { explanation } = page();
  return (
    <section class={explanation ? "closeup explained" : "closeup"} aria-label="Close-up">
      <div class="main-column">
        <div class="title">
          <h2 class="data">{explanation ? `Operations${explanation.key ? ` on ${readable(explanation.key, 60)}` : ""}, faults and nodes` : "Faults and nodes"}</h2>
          <WindowButtons view={closeup} />
        </div>
        <Frame>
          <Timeline />
          <MessagesPart />
        </Frame>
        <WindowTable view={closeup} title="This window as a table" />
      </div>
      <Words />
    </section>
  );
}

function WholeRun() {
  return (
    <section class="whole" aria-label="The whole run">
      <div class="title">
        <h2>The whole run</h2>
        <WindowButtons view={whole} />
      </div>
      <Charts />
      <AllOperations />
      <WindowTable view={whole} title="Operations of this window as a table" />
      <Recovery />
    </section>
  );
}

/** After the first paint: what is below the fold must not delay the answers. */
function useAfterPaint(): boolean {
  const [painted, set_painted] = useState(false);
  useEffect(() => {
    requestAnimationFrame(() => {
      performance.mark("capsize-answers-painted");
      setTimeout(() => set_painted(true));
    });
  }, []);
  return painted;
}

export function App() {
  const painted = useAfterPaint();
  const { run } = page();
  return (
    <>
      <Bar />
      <Troubles />
      <Head />
      <CloseUp />
      {painted && <LogLines />}
      {painted && <WholeRun />}
      <Details />
      <Help />
      <footer class="quiet">
        Capsize report of <span class="data">{readable(run.name, 80)}</span>, started {readable(run.started, 40)}
        {run.source && <>, built from <span class="data">{readable(run.source, 60)}</span></>}. Times are since the start of the load.
      </footer>
    </>
  );
}
