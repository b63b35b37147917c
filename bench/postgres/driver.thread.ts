/** Makes mixed calls with the bare driver in a new thread, as a script does, and tells how long it took. */
import { parentPort, workerData } from "node:worker_threads";
import { newClient } from "../../server/src/engine/postgres/driver.ts";
import { sameRequests, timed } from "./requests.ts";

const { url, store, calls } = workerData as { url: string; store: string; calls: number };
const client = newClient({ connectionString: url });
await client.connect();
parentPort?.postMessage(await timed(calls, sameRequests(client, store).mixed));
await client.end();
