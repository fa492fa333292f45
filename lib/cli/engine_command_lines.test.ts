/** The command lines of engines, word for word as go-runc, conmon and Podman build them, and what is understood. */

import { describe, expect, test } from "bun:test";
import { loadCommand, parseCall, parseGlobals } from "./command_line.ts";

const CREATE = {
  bundle: undefined,
  config: undefined,
  "console-socket": undefined,
  "pid-file": undefined,
  "no-pivot": false,
  "no-new-keyring": false,
  "pidfd-socket": undefined,
  "preserve-fds": undefined,
};
const CREATE_ONLY = { "no-subreaper": false };
const KILL = { all: false, regex: false };
const DELETE = { force: false, regex: false };
const EXEC = {
  process: undefined,
  "console-socket": undefined,
  cwd: undefined,
  env: [],
  tty: false,
  user: undefined,
  "additional-gids": [],
  detach: false,
  "pid-file": undefined,
  "pidfd-socket": undefined,
  "process-label": undefined,
  apparmor: undefined,
  "no-new-privs": false,
  cap: [],
  "preserve-fds": undefined,
  cgroup: [],
  "ignore-paused": false,
};
const RUN = { ...CREATE, detach: false, keep: false, "no-subreaper": false };

const SHIM = "--root /run/containerd/runc/default --log /b/log.json --log-format json";
const SHIM_GLOBALS = { root: "/run/containerd/runc/default", log: "/b/log.json", "log-format": "json" };
const PODMAN = "--root /run/user/0/crun --log-format=json --log=/b/oci-log";
const PODMAN_GLOBALS = { root: "/run/user/0/crun", log: "/b/oci-log", "log-format": "json" };

type Understood = readonly [command: string, values: object, args: readonly string[]];
type Line = readonly [words: string, globals: object, understood: Understood];

const lines: Readonly<Record<string, readonly Line[]>> = {
  "go-runc, for containerd's shim": [
    [
      `${SHIM} create --bundle /b --pid-file /b/init.pid web`,
      SHIM_GLOBALS,
      ["create", { ...CREATE_ONLY, ...CREATE, bundle: "/b", "pid-file": "/b/init.pid" }, ["web"]],
    ],
    [
      `${SHIM} create --bundle /b --pid-file /b/init.pid --no-pivot --no-new-keyring --preserve-fds 2 web`,
      SHIM_GLOBALS,
      [
        "create",
        {
          ...CREATE_ONLY,
          ...CREATE,
          bundle: "/b",
          "pid-file": "/b/init.pid",
          "no-pivot": true,
          "no-new-keyring": true,
          "preserve-fds": 2,
        },
        ["web"],
      ],
    ],
    [
      `${SHIM} create --bundle /b --console-socket /tmp/pty/s --pid-file /b/init.pid web`,
      SHIM_GLOBALS,
      [
        "create",
        { ...CREATE_ONLY, ...CREATE, bundle: "/b", "console-socket": "/tmp/pty/s", "pid-file": "/b/init.pid" },
        ["web"],
      ],
    ],
    [
      `${SHIM} exec --process /tmp/p.json --console-socket /tmp/pty/s --detach --pid-file /b/1.pid web`,
      SHIM_GLOBALS,
      [
        "exec",
        {
          ...EXEC,
          process: "/tmp/p.json",
          "console-socket": "/tmp/pty/s",
          detach: true,
          "pid-file": "/b/1.pid",
        },
        ["web"],
      ],
    ],
    [`${SHIM} start web`, SHIM_GLOBALS, ["start", {}, ["web"]]],
    [`${SHIM} state web`, SHIM_GLOBALS, ["state", {}, ["web"]]],
    [`${SHIM} kill web 15`, SHIM_GLOBALS, ["kill", KILL, ["web", "15"]]],
    [`${SHIM} kill --all web 9`, SHIM_GLOBALS, ["kill", { ...KILL, all: true }, ["web", "9"]]],
    [`${SHIM} delete web`, SHIM_GLOBALS, ["delete", DELETE, ["web"]]],
    [`${SHIM} delete --force web`, SHIM_GLOBALS, ["delete", { ...DELETE, force: true }, ["web"]]],
    [`${SHIM} list --format=json`, SHIM_GLOBALS, ["list", { format: "json", quiet: false }, []]],
    [
      `${SHIM} --rootless=true run --bundle /b --detach --no-subreaper web`,
      { ...SHIM_GLOBALS, rootless: "true" },
      ["run", { ...RUN, bundle: "/b", detach: true, "no-subreaper": true }, ["web"]],
    ],
    [
      `--debug ${SHIM} run --bundle /b --pid-file /b/pid --keep web`,
      { ...SHIM_GLOBALS, debug: true },
      ["run", { ...RUN, bundle: "/b", "pid-file": "/b/pid", keep: true }, ["web"]],
    ],
  ],
  conmon: [
    [
      `--root=/run/crio --log-format=json --log=/b/log create --bundle /b --pid-file /run/pidfile web`,
      { root: "/run/crio", "log-format": "json", log: "/b/log" },
      ["create", { ...CREATE_ONLY, ...CREATE, bundle: "/b", "pid-file": "/run/pidfile" }, ["web"]],
    ],
    [
      `--root=/run/crio create --bundle /b --pid-file /run/pidfile --no-pivot --no-new-keyring web`,
      { root: "/run/crio" },
      [
        "create",
        {
          ...CREATE_ONLY,
          ...CREATE,
          bundle: "/b",
          "pid-file": "/run/pidfile",
          "no-pivot": true,
          "no-new-keyring": true,
        },
        ["web"],
      ],
    ],
  ],
  "conmon, for exec": [
    [
      `--root=/run/crio exec --pid-file /run/pidfile --process /b/p.json --detach --console-socket /run/c web`,
      { root: "/run/crio" },
      [
        "exec",
        { ...EXEC, "pid-file": "/run/pidfile", process: "/b/p.json", detach: true, "console-socket": "/run/c" },
        ["web"],
      ],
    ],
  ],
  "people, for exec": [
    [
      "exec -t -e A=1 --env B=2 -u 1000:1000 --cwd /tmp web ls -la --color -- -t",
      {},
      [
        "exec",
        { ...EXEC, tty: true, env: ["A=1", "B=2"], user: "1000:1000", cwd: "/tmp" },
        ["web", "ls", "-la", "--color", "--", "-t"],
      ],
    ],
  ],
  Podman: [
    [`${PODMAN} start web`, PODMAN_GLOBALS, ["start", {}, ["web"]]],
    [`${PODMAN} state web`, PODMAN_GLOBALS, ["state", {}, ["web"]]],
    [`${PODMAN} kill web 15`, PODMAN_GLOBALS, ["kill", KILL, ["web", "15"]]],
    [`${PODMAN} kill --all web 9`, PODMAN_GLOBALS, ["kill", { ...KILL, all: true }, ["web", "9"]]],
    [`${PODMAN} delete --force web`, PODMAN_GLOBALS, ["delete", { ...DELETE, force: true }, ["web"]]],
  ],
};

const GLOBALS = {
  root: undefined,
  log: undefined,
  "log-format": undefined,
  "log-level": undefined,
  debug: false,
  "systemd-cgroup": false,
  "cgroup-manager": undefined,
  rootless: undefined,
  version: false,
  help: false,
};

for (const [engine, table] of Object.entries(lines)) {
  describe(engine, () => {
    for (const [line, globals, [name, values, args]] of table) {
      test(line, async () => {
        const understood = parseGlobals(line.split(" "));
        expect(understood.values).toEqual({ ...GLOBALS, ...globals });
        expect(understood.args[0]).toBe(name);
        const call = parseCall(name, await loadCommand(name), understood.args.slice(1));
        expect(call).toEqual({ values: { ...values, help: false }, args: [...args] });
      });
    }
  });
}

test("--systemd-cgroup is understood before the command", () => {
  const { values, args } = parseGlobals(["--systemd-cgroup", "--root", "/r", "create", "web"]);
  expect(values).toEqual({ ...GLOBALS, "systemd-cgroup": true, root: "/r" });
  expect(args).toEqual(["create", "web"]);
});

test("--version and -v, as engines ask for it", () => {
  for (const flag of ["--version", "-v"]) expect(parseGlobals([flag]).values.version).toBeTrue();
});
