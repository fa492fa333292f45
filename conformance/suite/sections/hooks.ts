/** config.md: hooks, and runtime.md: where in the life cycle they are called. */

import { readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hooks, State } from "../../../lib/spec/types.ts";
import { succeeded } from "../../harness/command.ts";
import { different, equal, excludes, includes, ok, refused } from "../assertions.ts";
import { type Anchor, must, section, should } from "../test.ts";
import { type HookCall, having, type Patch, type Trial } from "../trial.ts";

type Kind = keyof Hooks;

const KINDS: readonly Kind[] = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
];
const AT_CREATE: readonly Kind[] = ["prestart", "createRuntime", "createContainer"];
const INSIDE: readonly Kind[] = ["createContainer", "startContainer"];

const SECTION: Readonly<Record<Kind, Anchor>> = {
  prestart: "config.md#prestart",
  createRuntime: "config.md#createruntime-hooks",
  createContainer: "config.md#createcontainer-hooks",
  startContainer: "config.md#startcontainer-hooks",
  poststart: "config.md#poststart",
  poststop: "config.md#poststop",
};

/** A hook of each of these kinds. */
const hooked =
  (t: Trial, ...kinds: Kind[]): Patch =>
  (config) => {
    config.hooks = Object.fromEntries(kinds.map((kind) => [kind, [t.hook(kind)]]));
  };

const names = (calls: readonly HookCall[]): string[] => calls.map(({ hook }) => hook);

/** What hooks of these kinds have written when create, start and delete are done. */
async function wholeLife(t: Trial, patch: Patch): Promise<HookCall[]> {
  await t.start([["exit", 0]], patch);
  await t.runtime.waitFor(t.id, "stopped");
  succeeded(await t.runtime.delete(t.id));
  return t.hookCalls();
}

async function callOf(t: Trial, kind: Kind, patch: Patch = () => {}): Promise<HookCall> {
  const calls = await wholeLife(t, (config) => {
    hooked(t, kind)(config);
    patch(config);
  });
  equal("calls", names(calls), [kind]);
  return calls[0]!;
}

/** What has been called after each operation. */
const calledDuring = (kind: Kind) => async (t: Trial) => {
  const during = AT_CREATE.includes(kind) ? "create" : kind === "poststop" ? "delete" : "start";
  await t.create([["exit", 0]], hooked(t, kind));
  const called = { create: names(t.hookCalls()).length, start: 0, delete: 0 };
  succeeded(await t.runtime.start(t.id));
  await t.runtime.waitFor(t.id, "stopped");
  called.start = names(t.hookCalls()).length - called.create;
  succeeded(await t.runtime.delete(t.id));
  called.delete = names(t.hookCalls()).length - called.create - called.start;
  equal("how often it was called", called, { create: 0, start: 0, delete: 0, [during]: 1 });
};

const perKind = (kind: Kind) =>
  section(SECTION[kind], [
    must(`${kind} hooks are called during their operation, and once`, calledDuring(kind)),
    must(
      `${kind} hooks are executed in the ${INSIDE.includes(kind) ? "container" : "runtime"}'s namespaces`,
      async (t) => {
        const { mnt } = await callOf(t, kind);
        const own = readlinkSync("/proc/self/ns/mnt");
        if (INSIDE.includes(kind)) different("mount namespace", mnt, own);
        else if (t.runtime.kind !== "crun") equal("mount namespace", mnt, own); // crun is called in a namespace of its own
      },
    ),
    must(`${kind} hooks get the container's state on standard input`, async (t) => {
      const { state } = await callOf(t, kind, having("annotations", { "org.example.told": "yes" }));
      const told = JSON.parse(state) as State & { bundle: string };
      equal("id", told.id, t.id);
      ok("bundle", told.bundle?.includes(t.id), told.bundle);
      ok("ociVersion", /^1\./.test(told.ociVersion), told.ociVersion);
      equal("annotation", told.annotations?.["org.example.told"], "yes");
    }),
    must(`${kind} hooks are called in the listed order`, async (t) => {
      const order = ["first", "second", "third"];
      const calls = await wholeLife(t, (config) => {
        config.hooks = { [kind]: order.map((name) => t.hook(kind, name)) };
      });
      equal("calls", names(calls), order);
    }),
    must(
      `${kind} hooks have the arguments and the environment of the config, and nothing of the runtime's`,
      async (t) => {
        const calls = await wholeLife(t, (config) => {
          config.hooks = { [kind]: [t.hook(kind, kind, 0, { env: ["ONE=1", "TWO=2"] })] };
        });
        equal("argv[0]", calls[0]?.args[0], "probe");
        includes("env", calls[0]?.env, "ONE=1", "TWO=2");
        excludes(
          "env",
          calls[0]?.env.map((variable) => variable.split("=")[0]),
          "PATH",
          "HOME",
        );
      },
    ),
  ]);

const STATUSES: Readonly<Record<Kind, readonly string[]>> = {
  prestart: ["creating", "created"],
  createRuntime: ["creating", "created"],
  createContainer: ["creating", "created"],
  startContainer: ["created"],
  poststart: ["running"],
  poststop: ["stopped"],
};

export const HOOKS = [
  ...section("config.md#posix-platform-hooks", [
    must("a relative path is an error", (t) =>
      t.refuses("a hook with a relative path", having("hooks", { prestart: [{ path: "bin/true" }] })),
    ),
    must("a hook without a path is an error", (t) =>
      t.refuses("a hook without path", having("hooks", { prestart: [{}] })),
    ),
    must("a path where there is nothing is an error", (t) =>
      t.refuses("a missing hook", having("hooks", { createRuntime: [{ path: "/no/such/hook" }] })),
    ),
    must("a timeout of zero is an error", async (t) =>
      t.refuses("timeout 0", having("hooks", { prestart: [{ ...t.hook("prestart"), timeout: 0 }] })),
    ),
    must("a hook that takes longer than its timeout is ended", async (t) => {
      const bundle = await t.bundle((config) => {
        config.hooks = { prestart: [{ path: t.probePath, args: ["probe", "do", "hold"], timeout: 1 }] };
      });
      refused("create", await t.runtime.create(t.id, bundle.path, { timeout: 10_000 }));
    }),
    must("a hook within its timeout is not", async (t) => {
      await t.accepts((config) => {
        config.hooks = { prestart: [{ path: t.probePath, args: ["probe", "do", "sleep", "50"], timeout: 60 }] };
      });
    }),
    must("a timeout holds for hooks of the container too", async (t) => {
      const bundle = await t.bundle((config) => {
        config.hooks = { startContainer: [{ path: "/probe", args: ["probe", "do", "hold"], timeout: 1 }] };
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      await t.runtime.start(t.id);
      await t.runtime.waitFor(t.id, "stopped");
    }),
    must("empty lists are allowed", async (t) => {
      await t.accepts(having("hooks", Object.fromEntries(KINDS.map((kind) => [kind, []]))));
    }),
  ]),
  ...KINDS.flatMap(perKind),
  ...section("config.md#createcontainer-hooks", [
    must("createContainer hooks are executed before the root is changed: their path is the host's", async (t) => {
      equal("the probe at /", (await callOf(t, "createContainer")).probe_at_root, 0);
    }),
    must("createContainer hooks see the container's mounts, below root.path", async (t) => {
      const { mounts } = await callOf(t, "createContainer");
      ok(
        "a mount on rootfs/shared",
        mounts.some((target) => target.endsWith("/rootfs/shared")),
        mounts,
      );
    }),
    should("createContainer hooks see the container's other namespaces", async (t) => {
      const { uts, net } = await callOf(t, "createContainer");
      different("UTS namespace", uts, readlinkSync("/proc/self/ns/uts"));
      different("network namespace", net, readlinkSync("/proc/self/ns/net"));
    }),
  ]),
  ...(["prestart", "createRuntime"] as const).flatMap((kind) =>
    section(SECTION[kind], [
      should(`${kind} hooks find the container's mounts below root.path, in the mount namespace of pid`, async (t) => {
        const { mounts_of_pid: mounts } = await callOf(t, kind);
        ok(
          "a mount on rootfs/shared",
          mounts.some((target) => target.endsWith("/rootfs/shared")),
          mounts,
        );
      }),
    ]),
  ),
  ...section("config.md#startcontainer-hooks", [
    must("startContainer hooks have the container's root", async (t) => {
      equal("the probe at /", (await callOf(t, "startContainer")).probe_at_root, 1);
    }),
  ]),
  ...section("runtime.md#lifecycle", [
    must("hooks are called in the order of the life cycle", async (t) => {
      equal("calls", names(await wholeLife(t, hooked(t, ...KINDS))), KINDS);
    }),
    ...KINDS.map((kind) =>
      should(`${kind} hooks are told a status that fits: ${STATUSES[kind].join(" or ")}`, async (t) => {
        const { status } = JSON.parse((await callOf(t, kind)).state) as State;
        ok("status", STATUSES[kind].includes(status), status);
      }),
    ),
    must("startContainer hooks come before the process, poststart hooks after it", async (t) => {
      const pid = await t.start([["hold"]], hooked(t, "startContainer", "poststart"));
      const [before, after] = t.hookCalls();
      equal("calls", [before?.hook, after?.hook], ["startContainer", "poststart"]);
      const told = JSON.parse(after?.state ?? "{}") as State;
      equal("pid", told.pid, pid);
    }),
    ...AT_CREATE.map((kind) =>
      must(`a ${kind} hook that fails is an error of create, and no container stays`, async (t) => {
        const bundle = await t.printing([["hold"]], (config) => {
          config.hooks = { [kind]: [t.hook(kind, kind, 3), t.hook(kind, "next")] };
        });
        refused("create", await t.runtime.create(t.id, bundle.path));
        refused("state", await t.runtime.command(["state", t.id]));
        equal("calls", names(t.hookCalls()), [kind]);
      }),
    ),
    must("a startContainer hook that fails keeps the process from running", async (t) => {
      const bundle = await t.printing([["clocks"]], (config) => {
        config.hooks = { startContainer: [t.hook("startContainer", "startContainer", 3)] };
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      await t.runtime.start(t.id);
      await t.runtime.waitFor(t.id, "stopped");
      equal("what ran", t.printed(), []);
    }),
    must("a startContainer hook that fails is an error of start", async (t) => {
      const bundle = await t.printing([["clocks"]], (config) => {
        config.hooks = { startContainer: [t.hook("startContainer", "startContainer", 3)] };
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      refused("start", await t.runtime.start(t.id));
    }),
    must(
      "a poststart hook that fails is an error of start, and the container ends",
      async (t) => {
        await t.create([["hold"]], (config) => {
          config.hooks = { poststart: [t.hook("poststart", "poststart", 3)] };
        });
        refused("start", await t.runtime.start(t.id));
        const state = await t.runtime.command(["state", t.id]);
        if (state.status === 0) await t.runtime.waitFor(t.id, "stopped");
      },
      { since: "1.3" },
    ),
    must("a poststop hook that fails keeps neither the others nor the deletion from happening", async (t) => {
      const calls = await wholeLife(t, (config) => {
        config.hooks = { poststop: [t.hook("poststop", "fails", 3), t.hook("poststop", "next")] };
      });
      equal("calls", names(calls), ["fails", "next"]);
      refused("state", await t.runtime.command(["state", t.id]));
    }),
    must("hooks that are a script of the host's are executed", async (t) => {
      const path = join(t.folder, "script");
      writeFileSync(path, `#!${t.probePath}\n`, { mode: 0o755 });
      await t.accepts((config) => {
        config.hooks = { prestart: [{ path }] };
      });
    }),
  ]),
];
