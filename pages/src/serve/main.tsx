import "../shared/theme.css";
import "uplot/dist/uPlot.min.css";
import "./serve.css";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { start_theme } from "../shared/theme";
import { ThemeButton } from "../shared/theme_button";
import { ComparePage } from "./compare_page";
import { LivePage } from "./live_page";
import { link, place } from "./place";
import { RunPageView } from "./run_page";
import { RunsPage } from "./runs_page";
import { SuiteNightPage, SuitesPage } from "./suites_page";

function Page() {
  switch (place.value.path[0] ?? "runs") {
    case "runs": return <RunsPage />;
    case "run": return <RunPageView key={location.hash} />;
    case "live": return <LivePage />;
    case "suites": return <SuitesPage />;
    case "suite": return <SuiteNightPage />;
    case "compare": return <ComparePage key={location.hash} />;
    default: return <p>There is no such page. <a href={link(["runs"])}>All runs</a></p>;
  }
}

function Site() {
  const main = useRef<HTMLElement>(null);
  const page = place.value.path.join("/");
  const first = useRef(true);
  useEffect(() => {
    const titled = ["Capsize", ...place.value.path].join(" · ");
    document.title = titled.slice(0, 120);
    if (!first.current) main.current?.focus(); // a new page is read from its beginning
    first.current = false;
  }, [page]);
  const shown = (place.value.path[0] ?? "runs").startsWith("suite") ? "suites" : "runs";
  const here = (name: string) => (shown === name ? "page" : undefined);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        main.current?.focus();
      }}>Skip to the content</a>
      <header>
        <strong>Capsize</strong>
        <nav aria-label="Pages">
          <a href={link(["runs"])} aria-current={here("runs")}>Runs</a>
          <a href={link(["suites"])} aria-current={here("suites")}>Suites</a>
        </nav>
        <ThemeButton />
      </header>
      <main ref={main} tabIndex={-1}><Page /></main>
    </>
  );
}

document.documentElement.lang = "en";
start_theme();
render(<Site />, document.getElementById("app")!);
