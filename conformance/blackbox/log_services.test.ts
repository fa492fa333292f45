/** --log journald:NAME and syslog:NAME, as crun has them, against sockets that stand in for the machine's services. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenario, scenarioWith } from "../harness/scenario.ts";
import { ServiceManager } from "../harness/service_manager.ts";

/** The services are put in the place of the machine's by mounts. */
const scenarioAmongServices = scenarioWith(["root"]);
const likeCrun = { needs: ["not-runtime:runc"] } as const;
/** Its log goes through libsystemd and libc, which want more than a socket. */
const tsrunOnly = { needs: ["not-runtime:runc", "not-runtime:crun"] } as const;

/** In a mount namespace in which the socket is the journal's and syslog's. */
const WITH_SERVICES = `set -e
mkdir -p "$1/dev"
mount -t tmpfs tmpfs "$1/dev"
touch "$1/dev/null"
mount --bind /dev/null "$1/dev/null"
ln -s "$1/service" "$1/dev/log"
mount --rbind "$1/dev" /dev
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal
ln -s "$1/service" /run/systemd/journal/socket
shift
exec "$@"`;

function withServices(t: Scenario, globals: readonly string[], ...words: string[]) {
  const line = t.runtime.argv(words);
  const at = line.indexOf(t.runtime.path) + 1;
  const whole = [...line.slice(0, at), ...globals, ...line.slice(at)];
  return runCommand(["unshare", "--mount", "sh", "-c", WITH_SERVICES, "sh", t.folder, ...whole]);
}

function service(t: Scenario): ServiceManager {
  const manager = new ServiceManager(join(t.folder, "service"));
  t.defer(() => manager.close());
  return manager;
}

describe("a failure", () => {
  scenarioAmongServices(
    "is an entry of the journal, found by its name, and told on standard error too",
    async (t) => {
      const journal = service(t);
      expectFailure(await withServices(t, ["--log", "journald:web"], "state", t.id), "container does not exist");
      expect(journal.heard).toHaveLength(1);
      const lines = journal.heard[0]?.split("\n");
      for (const field of [
        "PRIORITY=3",
        "SYSLOG_IDENTIFIER=tsrun",
        "ID=web",
        "MESSAGE=state: container does not exist",
      ])
        expect(lines).toContain(field);
      expect(lines).toContain("TSRUN_CODE=container.not_found");
    },
    tsrunOnly,
  );

  scenarioAmongServices(
    "is a message of syslog with the name as its tag",
    async (t) => {
      const syslog = service(t);
      expectFailure(await withServices(t, ["--log=syslog:web"], "state", t.id), "container does not exist");
      expect(syslog.heard.join("|")).toMatch(/^<11>\w{3} [ \d]\d \S+ web: state: container does not exist$/);
    },
    tsrunOnly,
  );

  scenarioAmongServices(
    "is one JSON object there if that is the format",
    async (t) => {
      const syslog = service(t);
      await withServices(t, ["--log=syslog:web", "--log-format=json"], "kill", t.id);
      const [message = ""] = syslog.heard;
      expect(JSON.parse(message.slice(message.indexOf("{")))).toMatchObject({
        level: "error",
        code: "container.not_found",
      });
    },
    tsrunOnly,
  );
});

scenarioAmongServices(
  "a command that succeeds says nothing, and makes no file of that name",
  async (t) => {
    const journal = service(t);
    await t.startSleeping();
    for (const words of [
      ["state", t.id],
      ["kill", t.id, "KILL"],
    ])
      succeeded(await withServices(t, ["--log", "journald:web"], ...words));
    expect(journal.heard).toEqual([]);
    expect(existsSync("journald:web")).toBeFalse();
  },
  tsrunOnly,
);

scenario(
  "file:PATH is a file",
  async (t) => {
    const log = join(t.folder, "log");
    expectFailure(await t.runtime.bare(["--log", `file:${log}`, "--root", t.runtime.root, "state", t.id]), "");
    expect(readFileSync(log, "utf8")).not.toBe("");
  },
  likeCrun,
);

scenarioAmongServices(
  "a service that is not there is an error",
  async (t) => {
    const line = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "sh"];
    const result = await runCommand([...line, t.runtime.path, "--log", "journald:web", "list"]);
    expectFailure(result, "--log journald:web");
  },
  tsrunOnly,
);
