// The worker: answers requests in the order in which they come.
import { Service, type Name } from "./service";

export function start_worker(): void {
  const service = new Service();
  onmessage = (event: MessageEvent<{ id: number; name: Name; ask: never }>) => {
    const { id, name, ask } = event.data;
    service.handle(name, ask).then(
      (answer) => postMessage({ id, answer }),
      (error: unknown) => postMessage({ id, error: String(error instanceof Error ? error.message : error) }),
    );
  };
}
