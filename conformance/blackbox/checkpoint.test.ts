/** checkpoint and restore, with a CRIU that works on this machine: what a container has afterwards, and what a failure leaves. */

import { describe, expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setCgroup } from "../harness/base_configs.ts";
import { cgroupOfRoots } from "../harness/cgroup_place.ts";
import { checkpoint, quietly, restore, startCounting, startQuietly } from "../harness/checkpoint.ts";
import { type CommandOptions, cleanEnvironment, runCommand, succeeded } from "../harness/command.ts";
import { DescriptorSocket, TerminalMaster } from "../harness/descriptor_socket.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { cgroupV1Hierarchies } from "../harness/facilities.ts";
import { scenarioWith } from "../harness/scenario.ts";
import { ServiceManager } from "../harness/service_manager.ts";

// crun of Debian is built without CRIU.
const scenario = scenarioWith(["root", "criu", "not-runtime:crun"]);

describe("checkpoint and restore", () => {
  scenario("a container goes on where it was", async (t) => {
    const counting = await startCounting(t);
    succeeded(await checkpoint(t, counting.images));
    await t.expectNothingLeft();
    const counted = counting.count();
    expect(readdirSync(counting.images)).toContain("pstree.img");

    const pidFile = join(t.folder, "pid");
    succeeded(await restore(t, counting, "--pid-file", pidFile));
    const state = await t.runtime.state(t.id);
    expect(state.status).toBe("running");
    expect(readFileSync(pidFile, "utf8")).toBe(String(state.pid));
    expect(state.bundle).toBe(counting.bundle.path);
    await eventually("a higher number", () => counting.count() > counted);
    expect(counting.count()).toBeLessThan(counted + 1000);
  });

  scenario("what is done with a container works with a restored one", async (t) => {
    const counting = await startCounting(t);
    succeeded(await checkpoint(t, counting.images));
    succeeded(await restore(t, counting));
    expect(succeeded(await t.runtime.command(["exec", t.id, "hostname"])).stdout).toBe("typical\n");
    succeeded(await t.runtime.command(["pause", t.id]));
    expect(await t.runtime.status(t.id)).toBe("paused");
    succeeded(await t.runtime.command(["resume", t.id]));
    expect(succeeded(await t.runtime.command(["ps", "--format", "json", t.id])).stdout).toContain(
      String((await t.runtime.state(t.id)).pid),
    );
    expectFailure(await t.runtime.start(t.id), []);
    expectFailure(await t.runtime.delete(t.id), []);
    succeeded(await t.runtime.kill(t.id, "KILL"));
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await t.runtime.delete(t.id));
    await t.expectNothingLeft();
  });

  scenario(
    "its clocks go on, its loopback device is up, and it gains no privileges, also what is executed in it",
    async (t) => {
      const counting = await startCounting(t);
      succeeded(await checkpoint(t, counting.images));
      succeeded(await restore(t, counting));
      const script =
        "for i in self 1; do readlink /proc/$i/ns/time; grep NoNewPrivs /proc/$i/status; done; ifconfig lo | grep UP";
      const { stdout } = succeeded(await t.runtime.command(["exec", t.id, "sh", "-c", script]));
      const [time, privileges, itsTime, itsPrivileges, loopback] = stdout.trim().split("\n");
      expect(time).toBe(itsTime!);
      expect([privileges, itsPrivileges]).toEqual(["NoNewPrivs:\t1", "NoNewPrivs:\t1"]);
      expect(loopback).toContain("UP LOOPBACK");
      // runc executes in the host's time namespace, leaves the device down, and no_new_privs to CRIU, which has it since 3.19.
    },
    { needs: ["not-runtime:runc"] },
  );

  scenario("it can be done again and again", async (t) => {
    const counting = await startCounting(t);
    for (let round = 0; round < 3; round++) {
      const before = counting.count();
      const images = join(t.folder, `images-${round}`);
      succeeded(await checkpoint(t, images));
      succeeded(await restore(t, { ...counting, images }));
      await eventually("a higher number", () => counting.count() > before);
    }
  });

  scenario("--leave-running leaves it running", async (t) => {
    const counting = await startCounting(t);
    const { pid } = await t.runtime.state(t.id);
    succeeded(await checkpoint(t, counting.images, "--leave-running"));
    const counted = counting.count();
    const state = await t.runtime.state(t.id);
    expect(state.status).toBe("running");
    expect(state.pid).toBe(pid!);
    await eventually("a higher number", () => counting.count() > counted);
  });

  scenario("a paused container can be checkpointed, and is running after a restore", async (t) => {
    const counting = await startCounting(t);
    succeeded(await t.runtime.command(["pause", t.id]));
    succeeded(await checkpoint(t, counting.images));
    const counted = counting.count();
    succeeded(await restore(t, counting));
    expect(await t.runtime.status(t.id)).toBe("running");
    await eventually("a higher number", () => counting.count() > counted);
  });

  scenario(
    "under another id it goes to another cgroup",
    async (t) => {
      const counting = await startCounting(t);
      succeeded(await checkpoint(t, counting.images));
      const id = t.newId();
      setCgroup(counting.bundle.config, id);
      counting.bundle.save();
      const args = ["restore", "-d", "-b", counting.bundle.path, "--image-path", counting.images, id];
      succeeded(await t.runtime.command(args));
      const { pid } = await t.runtime.state(id);
      const cgroups = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
      const controllers = [...cgroupV1Hierarchies().keys()];
      for (const line of cgroups) {
        const [, names = "", path] = line.split(":");
        if (names !== "" && !controllers.includes(names.replace("name=", "").split(",")[0]!)) continue;
        expect(path).toEndWith(cgroupOfRoots(id));
      }
      // runc leaves it in the one that the images name, on cgroup v2.
    },
    { needs: ["not-runtime:runc"] },
  );

  scenario("the limits are those of the bundle", async (t) => {
    const counting = await startCounting(t, (config) => {
      config.linux.resources.pids = { limit: 50 };
    });
    succeeded(await checkpoint(t, counting.images));
    counting.bundle.config.linux.resources.pids = { limit: 60 };
    counting.bundle.save();
    succeeded(await restore(t, counting));
    const { pid } = await t.runtime.state(t.id);
    const line = readFileSync(`/proc/${pid}/cgroup`, "utf8")
      .split("\n")
      .find((line) => /:pids:|^0::/.test(line));
    const mountPoint = cgroupV1Hierarchies().get("pids") ?? "/sys/fs/cgroup";
    expect(readFileSync(`${mountPoint}${line?.split(":")[2]}/pids.max`, "utf8")).toBe("60\n");
  });
});

describe("what a container is made of", () => {
  scenario("mounts, masked and read-only paths, and what was written are as before", async (t) => {
    const folder = join(t.folder, "bound");
    mkdirSync(folder);
    writeFileSync(join(folder, "file"), "bound\n");
    const counting = await startCounting(t, (config) => {
      config.mounts.push(
        { destination: "/bound", type: "bind", source: folder, options: ["rbind", "ro"] },
        { destination: "/run/file", type: "bind", source: join(folder, "file"), options: ["bind"] },
        { destination: "/tmp", type: "tmpfs", source: "tmpfs" },
      );
      config.linux.maskedPaths = ["/proc/keys", "/proc/timer_list", "/proc/acpi", "/sys/firmware", "/proc/missing"];
      config.linux.readonlyPaths = ["/proc/sys", "/proc/bus"];
    });
    succeeded(await t.runtime.command(["exec", t.id, "sh", "-c", "echo kept >/tmp/kept; echo image >/root/image"]));
    const looks = async (): Promise<string> => {
      // CRIU mounts in another order, and masks files by the host's null device.
      const script =
        "cat /bound/file /run/file /tmp/kept /root/image; cut -d' ' -f2,3 /proc/mounts | grep -v '^/proc/[kt]' | sort; " +
        "cat /proc/keys /proc/timer_list; stat -c '%A %u %g %t:%T %N' /dev/*; ls /sys/firmware /proc/acpi; " +
        "for f in /bound/x /proc/sys/x; do touch $f 2>&1; done; id; hostname; grep -E '^(Cap|Seccomp:)' /proc/1/status; " +
        "cat /proc/1/limits";
      const { stdout } = succeeded(await t.runtime.command(["exec", t.id, "sh", "-c", script]));
      // Files of /dev are made anew.
      return stdout.replace(/ \d\d:\d\d /g, " ");
    };
    const before = await looks();
    succeeded(await checkpoint(t, counting.images));
    succeeded(await restore(t, counting));
    expect(await looks()).toBe(before);
  });

  scenario("pipes of whoever restores it take the place of those that it had", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["sh", "-c", "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done"];
    });
    const images = join(t.folder, "images");
    const piped = (output: string, ...args: string[]) =>
      runCommand(
        [
          "sh",
          "-c",
          'output=$1; shift; { "$@" 2>/dev/null; echo $? >"$output.status"; } | cat >"$output" &',
          "sh",
          output,
        ].concat(t.runtime.argv(args)),
      );
    const [first, second] = [join(t.folder, "first"), join(t.folder, "second")];
    const numbers = (path: string): number[] =>
      existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").map(Number) : [];
    await piped(first, "run", "-d", "-b", bundle.path, t.id);
    await eventually("numbers", () => numbers(first).length > 3);
    succeeded(await checkpoint(t, images));
    await piped(second, "restore", "-d", "-b", bundle.path, "--image-path", images, t.id);
    await eventually("more numbers", () => numbers(second).length > 3);
    expect(readFileSync(`${second}.status`, "utf8")).toBe("0\n");
    expect(numbers(second)[0]).toBe(numbers(first).at(-1)! + 1);
  });

  scenario("a terminal goes to the socket of whoever restores it", async (t) => {
    const socketPath = join(t.folder, "console");
    const bundle = await t.bundle((config) => {
      config.process.terminal = true;
      config.process.args = ["sh", "-c", "while read line; do echo got $line; done"];
    });
    const first = new DescriptorSocket(socketPath);
    succeeded(await quietly(t, {}, "run", "-d", "-b", bundle.path, "--console-socket", socketPath, t.id));
    const before = new TerminalMaster(first.take().descriptor);
    first.close();
    const images = join(t.folder, "images");
    succeeded(await checkpoint(t, images, "--shell-job"));
    before.close();
    rmSync(socketPath, { force: true });
    const second = new DescriptorSocket(socketPath);
    t.defer(() => second.close());
    succeeded(await restore(t, { bundle, images }, "--shell-job", "--console-socket", socketPath));
    const master = new TerminalMaster(second.take().descriptor);
    master.type("hello\n");
    await eventually("an answer", () => master.output.includes("got hello"));
    master.close();
  });

  scenario(
    "a network namespace that is given by path is joined again",
    async (t) => {
      const name = t.id;
      succeeded(await runCommand(["ip", "netns", "add", name]));
      t.defer(async () => {
        await runCommand(["ip", "netns", "delete", name]);
      });
      const counting = await startCounting(t, (config) => {
        const network = config.linux.namespaces.find(({ type }) => type === "network");
        if (network !== undefined) network.path = `/run/netns/${name}`;
      });
      succeeded(await checkpoint(t, counting.images));
      succeeded(await restore(t, counting));
      const { pid } = await t.runtime.state(t.id);
      expect(statSync(`/proc/${pid}/ns/net`).ino).toBe(statSync(`/run/netns/${name}`).ino);
    },
    { needs: ["tool:ip"] },
  );

  scenario(
    "a user namespace, if the container's root reaches the images",
    async (t) => {
      const ROOT = 100_000;
      const images = join(t.folder, "images");
      for (const folder of [t.folder, images]) {
        mkdirSync(folder, { recursive: true });
        chmodSync(folder, 0o755);
      }
      const bundle = await t.bundle((config) => {
        config.process.args = ["sleep", "1000"];
        config.linux.namespaces.push({ type: "user" });
        config.linux.uidMappings = [{ containerID: 0, hostID: ROOT, size: 65_536 }];
        config.linux.gidMappings = [{ containerID: 0, hostID: ROOT, size: 65_536 }];
      });
      await startQuietly(t, bundle);
      const looks = async (): Promise<string> =>
        succeeded(await t.runtime.command(["exec", t.id, "sh", "-c", "id; cat /proc/1/uid_map; ls -ln /dev"])).stdout;
      const before = await looks();
      succeeded(await checkpoint(t, images));
      succeeded(await restore(t, { bundle, images }));
      expect((await looks()).replace(/ \d\d:\d\d /g, " ")).toBe(before.replace(/ \d\d:\d\d /g, " "));
      expect(statSync(`/proc/${(await t.runtime.state(t.id)).pid}`).uid).toBe(ROOT);
      // runc does not tell CRIU of the cgroups that are bound there, and gives the message queues to nobody.
    },
    { needs: ["not-runtime:runc"] },
  );

  scenario(
    "connections over the loopback device go on with --tcp-established",
    async (t) => {
      const script =
        "sleep 1000 | nc -l -p 5555 >/shared/received & sleep 0.5; " +
        "(i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done) | nc 127.0.0.1 5555";
      let shared = "";
      const bundle = await t.bundle((config) => {
        shared = t.share(config);
        config.process.args = ["sh", "-c", script];
      });
      const images = join(t.folder, "images");
      const size = (): number => (existsSync(join(shared, "received")) ? statSync(join(shared, "received")).size : 0);
      await startQuietly(t, bundle);
      await eventually("data", () => size() > 0);
      expectFailure(await checkpoint(t, images), "--tcp-established");
      succeeded(await checkpoint(t, images, "--tcp-established"));
      const before = size();
      succeeded(await restore(t, { bundle, images }, "--tcp-established"));
      await eventually("more data", () => size() > before);
      // runc tells its log only, and leaves the device down.
    },
    { needs: ["tool:iptables", "not-runtime:runc"] },
  );

  scenario(
    "the directory of its manager's socket, if there is a manager again",
    async (t) => {
      const address = join(t.folder, "manager");
      const manager = new ServiceManager(address);
      t.defer(() => manager.close());
      const env = { ...cleanEnvironment, NOTIFY_SOCKET: address };
      const bundle = await t.bundle((config) => {
        // An interrupted sleep of its own would not go on after a restore.
        config.process.args = ["sh", "-c", "/probe do notify READY=1; while :; do sleep 1; done"];
      });
      succeeded(await quietly(t, { env }, "run", "-d", "-b", bundle.path, t.id));
      expect(manager.heard.map((message) => message.trim())).toContain("READY=1");
      const images = join(t.folder, "images");
      succeeded(await checkpoint(t, images));
      const restored = (options: CommandOptions) => {
        const args = ["restore", "-d", "-b", bundle.path, "--image-path", images, t.id];
        return t.runtime.command(args, { ...options, timeout: 60_000 });
      };
      expectFailure(await restored({}), []);
      await t.expectNothingLeft();
      succeeded(await restored({ env }));
      expect(await t.runtime.status(t.id)).toBe("running");
      const look = ["exec", t.id, "grep", "-oE", " /run/notify [^ ]+ ro", "/proc/mounts"];
      expect(succeeded(await t.runtime.command(look)).stdout).toContain("/run/notify");
    },
    { needs: ["probe"] },
  );

  scenario(
    "mounts that were added, if they are in the config by then, and others are added again",
    async (t) => {
      const folder = join(t.folder, "added");
      mkdirSync(folder);
      writeFileSync(join(folder, "file"), "added\n");
      const list = join(t.folder, "list");
      const added = { destination: "/mnt/added", type: "bind", source: folder, options: ["rbind", "ro"] };
      writeFileSync(list, JSON.stringify([added, { destination: "/mnt/empty", type: "tmpfs", source: "tmpfs" }]));
      const counting = await startCounting(t);
      succeeded(await t.runtime.command(["mounts", "add", t.id, list]));
      succeeded(await checkpoint(t, counting.images));
      expectFailure(await restore(t, counting), "a bind mount that config.json does not have");
      await t.expectNothingLeft();
      counting.bundle.config.mounts.push(added);
      counting.bundle.save();
      succeeded(await restore(t, counting));
      const look = ["exec", t.id, "sh", "-c", "cat /mnt/*/file; ls -d /mnt/*"];
      expect(succeeded(await t.runtime.command(look)).stdout).toBe("added\n/mnt/added\n/mnt/empty\n");
      succeeded(await t.runtime.command(["mounts", "remove", t.id, list]));
      writeFileSync(list, JSON.stringify([{ ...added, destination: "/mnt/again" }]));
      succeeded(await t.runtime.command(["mounts", "add", t.id, list]));
      expect(succeeded(await t.runtime.command(look)).stdout).toStartWith("added\n");
      succeeded(await checkpoint(t, join(t.folder, "again")));
    },
    { needs: ["runtime:tsrun"] },
  );

  scenario("hooks: those before the process, and those after its end", async (t) => {
    const log = join(t.folder, "hooks");
    const counting = await startCounting(t, (config) => {
      const hook = (name: string) => [
        { path: "/bin/sh", args: ["sh", "-c", `echo ${name} $(grep -o '"pid":[1-9]' | wc -l) >>${log}`] },
      ];
      config.hooks = {
        prestart: hook("prestart"),
        createRuntime: hook("createRuntime"),
        createContainer: [],
        poststart: hook("poststart"),
        poststop: hook("poststop"),
      };
    });
    const read = (): string[] => readFileSync(log, "utf8").trim().split("\n");
    expect(read()).toEqual(["prestart 1", "createRuntime 1", "poststart 1"]);
    rmSync(log);
    succeeded(await checkpoint(t, counting.images));
    expect(read()).toEqual(["poststop 0"]);
    rmSync(log);
    succeeded(await restore(t, counting));
    expect(read()).toEqual(["prestart 1", "createRuntime 1"]);
  });
});

describe("restore in the foreground", () => {
  scenario("ends with the process's exit status, and deletes the container", async (t) => {
    let shared = "";
    const bundle = await t.bundle((config) => {
      shared = t.share(config);
      config.process.args = ["sh", "-c", "while [ ! -e /shared/end ]; do sleep 0.05; done; exit 7"];
    });
    await startQuietly(t, bundle);
    const images = join(t.folder, "images");
    succeeded(await checkpoint(t, images));
    const restored = quietly(t, {}, "restore", "-b", bundle.path, "--image-path", images, t.id);
    await eventually("the container", async () => (await t.runtime.command(["state", t.id])).status === 0);
    await t.runtime.waitFor(t.id, "running");
    writeFileSync(join(shared, "end"), "");
    expect((await restored).status).toBe(7);
    await t.expectNothingLeft();
  });
});

describe("failures", () => {
  scenario("a container that cannot be written down goes on, and the reason is told with the log", async (t) => {
    // Its output is a file of the host, which CRIU does not find in its mounts.
    const counted = join(t.folder, "counted");
    const bundle = await t.bundle((config) => {
      config.process.args = ["sh", "-c", "while :; do echo; sleep 0.05; done"];
    });
    const argv = t.runtime.argv(["run", "-d", "-b", bundle.path, t.id]);
    succeeded(await runCommand(["sh", "-c", 'file=$1; shift; exec "$@" >"$file" 2>/dev/null', "sh", counted, ...argv]));
    const images = join(t.folder, "images");
    expectFailure(await checkpoint(t, images), ["criu failed", "dump.log"]);
    expect(await t.runtime.status(t.id)).toBe("running");
    const { size } = statSync(counted);
    await eventually("more output", () => statSync(counted).size > size);
  });

  scenario("images that are not whole leave nothing behind", async (t) => {
    const counting = await startCounting(t);
    succeeded(await checkpoint(t, counting.images));
    rmSync(join(counting.images, "core-1.img"));
    const work = join(t.folder, "work");
    expectFailure(await restore(t, counting, "--work-path", work), ["criu failed"]);
    expect(existsSync(join(work, "restore.log"))).toBeTrue();
    await t.expectNothingLeft();
  });

  scenario("a hook that fails leaves nothing behind", async (t) => {
    const counting = await startCounting(t);
    succeeded(await checkpoint(t, counting.images));
    counting.bundle.config.hooks = { createRuntime: [{ path: "/bin/false" }] };
    counting.bundle.save();
    expectFailure(await restore(t, counting), []);
    await t.expectNothingLeft();
  });

  scenario(
    "a restore that is killed leaves nothing that delete --force does not remove",
    async (t) => {
      const counting = await startCounting(t);
      succeeded(await checkpoint(t, counting.images));
      const reached = join(t.folder, "reached");
      counting.bundle.config.hooks = {
        createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", `touch ${reached}; sleep 2`] }],
      };
      counting.bundle.save();
      let pid = 0;
      const args = ["restore", "-d", "-b", counting.bundle.path, "--image-path", counting.images, t.id];
      const killed = t.runtime.command(args, { timeout: 60_000, onStart: (started) => (pid = started) });
      await eventually("the hook", () => existsSync(reached), 30_000);
      process.kill(pid, "SIGKILL");
      expect((await killed).status).toBe(137);
      succeeded(await t.runtime.delete(t.id, "--force"));
      await t.expectNothingLeft();
      // runc leaves a mount in the container's directory.
    },
    { needs: ["not-runtime:runc"] },
  );

  scenario("a bind mount whose source is gone leaves nothing behind", async (t) => {
    const folder = join(t.folder, "bound");
    mkdirSync(folder);
    const counting = await startCounting(t, (config) => {
      config.mounts.push({ destination: "/bound", type: "bind", source: folder, options: ["rbind"] });
    });
    succeeded(await checkpoint(t, counting.images));
    rmSync(folder, { recursive: true });
    expectFailure(await restore(t, counting), folder);
    await t.expectNothingLeft();
  });

  scenario("a created and a stopped container cannot be checkpointed", async (t) => {
    const bundle = await t.bundle();
    succeeded(await t.runtime.create(t.id, bundle.path));
    expectFailure(await checkpoint(t, join(t.folder, "images")), "cannot be checkpointed in created state");
    if (t.runtime.kind === "tsrun") {
      // runc would write its own set-up down
      succeeded(await t.runtime.command(["pause", t.id]));
      expectFailure(await checkpoint(t, join(t.folder, "images")), "cannot be checkpointed in created state");
      succeeded(await t.runtime.command(["resume", t.id]));
    }
    succeeded(await t.runtime.start(t.id));
    await t.runtime.waitFor(t.id, "stopped");
    expectFailure(await checkpoint(t, join(t.folder, "images")), "cannot be checkpointed in stopped state");
  });

  scenario("an id that is taken is refused, and one that is unknown", async (t) => {
    const counting = await startCounting(t);
    succeeded(await checkpoint(t, counting.images, "--leave-running"));
    expectFailure(await restore(t, counting), "container with given ID already exists");
    expect(await t.runtime.status(t.id)).toBe("running");
    const unknown = await t.runtime.command(["checkpoint", "--image-path", counting.images, t.newId()]);
    expectFailure(unknown, "does not exist");
  });
});
