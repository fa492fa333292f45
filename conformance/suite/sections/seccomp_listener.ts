/** config-linux.md: seccomp agents. The probe on the host is one. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { State } from "../../../lib/spec/types.ts";
import { equal, ok } from "../assertions.ts";
import { must, section } from "../test.ts";
import { having, type Outcome, type Trial } from "../trial.ts";

const { EXDEV } = constants.errno;
const TRIED = process.arch === "arm64" ? 141 : 140;

interface ProcessState {
  readonly ociVersion: string;
  readonly fds: readonly string[];
  readonly pid: number;
  readonly metadata?: string;
  readonly state: State;
}

interface Notified {
  readonly outcome: Outcome;
  readonly process: ProcessState;
  /** Whether the runtime has closed the connection behind it. */
  readonly closed: number;
}

const notifying = (listenerPath: string, more: object = {}): object => ({
  defaultAction: "SCMP_ACT_ALLOW",
  listenerPath,
  syscalls: [{ names: ["getpriority"], action: "SCMP_ACT_NOTIFY" }],
  ...more,
});

async function notified(t: Trial, more: object = {}): Promise<Notified> {
  const socket = join(t.folder, "agent");
  const agent = spawn(t.probePath, ["do", "listen", socket, String(EXDEV)], { stdio: ["ignore", "pipe", "inherit"] });
  t.defer(() => void agent.kill("SIGKILL"));
  let text = "";
  agent.stdout.on("data", (part: Buffer) => {
    text += part.toString();
  });
  await t.eventually("the agent's socket", () => existsSync(socket));
  const outcome = await t.try(["call", TRIED, 77], having("linux.seccomp", notifying(socket, more)));
  await t.eventually("the agent to be told", () => text.endsWith("\n"));
  const { state, closed } = JSON.parse(text) as { state: string; closed: number };
  return { outcome, process: JSON.parse(state) as ProcessState, closed };
}

export const SECCOMP_LISTENER = [
  ...section(
    "config-linux.md#seccomp",
    [
      must("listenerPath: the agent there answers the calls of SCMP_ACT_NOTIFY", async (t) => {
        equal("errno", (await notified(t)).outcome.errno, EXDEV);
      }),
      must("listenerPath: the connection is closed behind the state", async (t) =>
        equal("closed", (await notified(t)).closed, 1),
      ),
      must("listenerPath: nobody who listens is an error", (t) =>
        t.refuses("no listener", having("linux.seccomp", notifying(join(t.folder, "nobody")))),
      ),
      must("listenerPath is ignored where no rule notifies", async (t) => {
        await t.accepts(
          having("linux.seccomp", {
            defaultAction: "SCMP_ACT_ALLOW",
            listenerPath: join(t.folder, "nobody"),
            syscalls: [],
          }),
        );
      }),
      must("listenerMetadata is passed on", async (t) => {
        equal("metadata", (await notified(t, { listenerMetadata: "some=thing" })).process.metadata, "some=thing");
      }),
      must("listenerMetadata without listenerPath is an error", (t) =>
        t.refuses(
          "metadata alone",
          having("linux.seccomp", { defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "x" }),
        ),
      ),
      must("SCMP_ACT_NOTIFY without listenerPath is an error", (t) =>
        t.refuses("no listenerPath", having("linux.seccomp", notifying("", { listenerPath: undefined }))),
      ),
    ],
    { since: "1.1", needs: ["kernel:5.6"] },
  ),
  ...section(
    "config-linux.md#the-container-process-state",
    [
      must("fds names the seccomp descriptor", async (t) =>
        equal("fds", (await notified(t)).process.fds, ["seccompFd"]),
      ),
      must("pid is that of the process", async (t) => {
        const { process } = await notified(t);
        ok("pid", process.pid > 1, process.pid);
      }),
      must("state is the container's state", async (t) => {
        const { state, ociVersion } = (await notified(t)).process;
        equal("id", state.id, t.id);
        ok("bundle", state.bundle.includes(t.id), state.bundle);
        ok("ociVersion", /^1\./.test(ociVersion), ociVersion);
      }),
    ],
    { since: "1.1", needs: ["kernel:5.6"] },
  ),
];
