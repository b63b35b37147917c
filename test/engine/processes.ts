import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

/** A process of test/engine/*.process.ts, ended when the test has finished. */
export function startProcess(file: string, ...args: readonly string[]): ChildProcess {
  const child = fork(new URL(file, import.meta.url), args, {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    execPath: process.execPath,
    execArgv: [],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

/** The next message of a process. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onExit = (): void => reject(new Error("the process ended without a message"));
  child.once("exit", onExit);
  try {
    const [message] = await Promise.race([once(child, "message"), ended]);
    return message;
  } finally {
    child.off("exit", onExit);
  }
}

/** When a process has ended: its exit code, or the signal that ended it. */
export async function exitOf(child: ChildProcess): Promise<number | string | null> {
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal ?? code;
}
