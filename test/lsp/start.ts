import { afterEach } from "vitest";
import { Session, type SessionOptions } from "./session.ts";

/** Gives a way to start sessions; each is stopped after the test that started it. */
export function useSessions(): (options?: SessionOptions) => Promise<Session> {
  const sessions: Session[] = [];
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.stop()));
  });
  return async (options) => {
    const session = await Session.start(options);
    sessions.push(session);
    return session;
  };
}
