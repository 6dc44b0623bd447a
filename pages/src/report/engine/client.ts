// The page's side of the engine: a worker from a blob, or the main thread where none can be started.
//
// The worker runs the page's own script, which notices that it has no document: so the page is one file, and
// has the engine's code once.
import { Service, type Handler, type Name, type Requests } from "./service";

export interface Engine {
  ask: Handler;
  /** "worker", or why there is none. */
  where: string;
  /** Gives the canvas to the engine. Once for each canvas. */
  attach(canvas: HTMLCanvasElement): Promise<void>;
}

const kStartMs = 3000; // a worker that is refused by a policy may report nothing at all

class WorkerEngine implements Engine {
  where = "worker";
  private next = 0;
  private readonly waiting = new Map<number, { done: (answer: never) => void; failed: (e: Error) => void }>();

  constructor(private readonly worker: Worker) {
    worker.onmessage = (event: MessageEvent<{ id: number; answer: never; error?: string }>) => {
      const { id, answer, error } = event.data;
      const request = this.waiting.get(id);
      this.waiting.delete(id);
      if (error !== undefined) request?.failed(new Error(error));
      else request?.done(answer);
    };
  }

  private post(name: Name, ask: unknown, transfer: Transferable[]): Promise<never> {
    return new Promise((done, failed) => {
      const id = this.next++;
      this.waiting.set(id, { done, failed });
      this.worker.postMessage({ id, name, ask }, transfer);
    });
  }

  ask: Handler = (name, ask) => this.post(name, ask, []);

  attach(canvas: HTMLCanvasElement): Promise<void> {
    const offscreen = canvas.transferControlToOffscreen();
    return this.post("attach", offscreen, [offscreen]);
  }
}

class DirectEngine implements Engine {
  private readonly service = new Service();
  constructor(public where: string) {}
  ask: Handler = (name, ask) => this.service.handle(name, ask);
  attach(canvas: HTMLCanvasElement): Promise<void> {
    return this.service.handle("attach", canvas);
  }
}

// Only while the script runs for the first time does the document know which one it is.
const source = typeof document === "undefined" ? "" : document.currentScript?.textContent ?? "";

async function started_worker(operations: Requests["begin"]["ask"]): Promise<WorkerEngine> {
  if (source === "") throw new Error("the script is not part of the page");
  if (!("OffscreenCanvas" in window)) throw new Error("no OffscreenCanvas");
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  const engine = new WorkerEngine(worker);
  try {
    await Promise.race([
      engine.ask("begin", operations),
      new Promise<never>((_, failed) => {
        worker.onerror = () => failed(new Error("the browser refused the worker"));
        setTimeout(() => failed(new Error(`the worker did not start within ${kStartMs} ms`)), kStartMs);
      }),
    ]);
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }
  return engine;
}

/** Starts the engine. `direct`: without a worker. */
export async function start_engine(operations: Requests["begin"]["ask"], direct: boolean): Promise<Engine> {
  if (!direct) {
    try {
      return await started_worker(operations);
    } catch (error) {
      // The page works without a worker, only less smoothly; the footer says why.
      return begun(new DirectEngine(String(error instanceof Error ? error.message : error)), operations);
    }
  }
  return begun(new DirectEngine("asked for by #engine=direct"), operations);
}

async function begun(engine: Engine, operations: Requests["begin"]["ask"]): Promise<Engine> {
  await engine.ask("begin", operations);
  return engine;
}
