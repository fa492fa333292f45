import { describe, expect, test } from "bun:test";
import { goOn } from "../executor/report.ts";
import { closeSync } from "../libc/files.ts";
import { reportChannel } from "../libc/socket.ts";
import { posixSpawn } from "../libc/spawn.ts";
import { Report } from "../program/instruction.ts";
import { ListenerMessages } from "./listener_messages.ts";

/** The messages of an executor that does this, over a channel that somebody else keeps open. */
function withExecutor(script: string, use: (messages: ListenerMessages, theirs: number) => void): void {
  const { ours, theirs } = reportChannel();
  const messages = new ListenerMessages(ours, posixSpawn("/bin/sh", ["sh", "-c", script]));
  try {
    use(messages, theirs);
  } finally {
    messages.close();
    for (const fd of [ours, theirs]) closeSync(fd);
  }
}

const started = new Uint8Array(new Uint32Array([Report.Started, 0, 0, 0]).buffer);

describe("messages", () => {
  test("end with an executor that is killed", () =>
    withExecutor("kill -9 $$", (messages) => expect(messages.next()).toBeUndefined()));

  test("come when the executor has done its work", () =>
    withExecutor("exit 0", (messages, theirs) => {
      Bun.sleepSync(50);
      goOn(theirs, started);
      expect(messages.next()?.kind).toBe(Report.Started);
      goOn(theirs, started);
      expect(messages.next()?.kind).toBe(Report.Started);
    }));

  test("come before the end of an executor that has failed", () =>
    withExecutor("exit 1", (messages, theirs) => {
      goOn(theirs, started);
      Bun.sleepSync(50);
      expect(messages.next()?.kind).toBe(Report.Started);
      expect(messages.next()).toBeUndefined();
    }));
});
