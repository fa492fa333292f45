/** How containers are moved with little time or memory, by a CRIU that works here: memory ahead of the rest, and after it. */

import { describe, expect } from "bun:test";
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setCgroup } from "../harness/base_configs.ts";
import { type Counting, checkpoint, restore, startCounting } from "../harness/checkpoint.ts";
import { runCommand, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

// crun of Debian is built without CRIU.
const scenario = scenarioWith(["root", "criu", "not-runtime:crun"]);

const MEMORY = 1_000_000;
/** Counts, beside a megabyte that never changes, and tells its checksum when it is asked to. */
const COUNTING = `
  memory=$(yes 0123456789 | head -c ${MEMORY}); i=0
  while :; do
    i=$((i+1)); echo $i >/shared/n.new; mv /shared/n.new /shared/n; sleep 0.05
    if [ -e /shared/ask ]; then
      echo "$memory" | md5sum >/shared/answer.new; mv /shared/answer.new /shared/answer; rm /shared/ask
    fi
  done`;

interface Remembering extends Counting {
  /** The checksum of its memory, as it tells. */
  memory(): Promise<string>;
}

async function startRemembering(t: Scenario): Promise<Remembering> {
  const counting = await startCounting(t, (config) => {
    config.process.args = ["sh", "-c", COUNTING];
  });
  const answer = join(t.folder, "shared/answer");
  const memory = async (): Promise<string> => {
    writeFileSync(join(t.folder, "shared/ask"), "");
    await eventually("a checksum", () => existsSync(answer) && !existsSync(join(t.folder, "shared/ask")));
    return readFileSync(answer, "utf8");
  };
  return { ...counting, memory };
}

/** How much memory is in these images. */
function pagesIn(images: string): number {
  const files = readdirSync(images).filter((name) => /^pages-\d+\.img$/.test(name));
  return files.reduce((sum, name) => sum + statSync(join(images, name)).size, 0);
}

/** How much of it is the container's first process's: one that it has just made may have the same memory, not seen before. */
const pagesOfFirst = (images: string): number => statSync(join(images, "pages-1.img")).size;

/** Whether a file has the byte by which CRIU, or a runtime, tells that it is ready. */
const isReady = (path: string): boolean => readFileSync(path).length > 0;

/** Start one of CRIU's daemons, and wait until it can be talked to. `ended` gives its exit status. */
async function startDaemon(t: Scenario, ...args: string[]): Promise<{ ended: Promise<number | null> }> {
  const status = join(t.folder, `status-of-${args[0]}`);
  const descriptor = openSync(status, "w");
  const child = spawn("criu", [...args, "--status-fd", "3"], { stdio: ["ignore", "ignore", "ignore", descriptor] });
  closeSync(descriptor);
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  t.defer(() => {
    child.kill("SIGKILL");
  });
  await eventually(`criu ${args[0]}`, () => isReady(status));
  return { ended };
}

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  server.stop(true);
  return server.port;
}

describe("memory ahead of the rest", () => {
  scenario("two pre-dumps leave the third to write what has changed since", async (t) => {
    const remembering = await startRemembering(t);
    const before = await remembering.memory();
    const [first, second, third] = ["first", "second", "third"].map((name) => join(t.folder, name));
    succeeded(await checkpoint(t, first!, "--pre-dump"));
    expect(await t.runtime.status(t.id)).toBe("running");
    const counted = remembering.count();
    await eventually("a higher number", () => remembering.count() > counted);
    succeeded(await checkpoint(t, second!, "--pre-dump", "--parent-path", "../first"));
    expect(await t.runtime.status(t.id)).toBe("running");
    succeeded(await checkpoint(t, third!, "--parent-path", "../second"));
    await t.expectNothingLeft();
    expect(pagesOfFirst(first!)).toBeGreaterThan(MEMORY);
    expect(pagesOfFirst(second!)).toBeLessThan(MEMORY / 2);
    expect(pagesOfFirst(third!)).toBeLessThan(MEMORY / 2);

    const last = remembering.count();
    succeeded(await restore(t, { ...remembering, images: third! }));
    await eventually("a higher number", () => remembering.count() > last);
    expect(await remembering.memory()).toBe(before);
  });

  scenario("a pre-dump of a container that is not checkpointed then changes nothing", async (t) => {
    const remembering = await startRemembering(t);
    const { pid } = await t.runtime.state(t.id);
    succeeded(await checkpoint(t, remembering.images, "--pre-dump"));
    const state = await t.runtime.state(t.id);
    expect([state.pid, state.status]).toEqual([pid, "running"]);
    succeeded(await t.runtime.kill(t.id, "KILL"));
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await t.runtime.delete(t.id));
    await t.expectNothingLeft();
  });
});

describe("memory on another machine", () => {
  scenario("a page server gets it, and the other images are beside", async (t) => {
    const remembering = await startRemembering(t);
    const before = await remembering.memory();
    const port = String(freePort());
    const pages = join(t.folder, "pages");
    mkdirSync(pages);
    const served = await startDaemon(t, "page-server", "--images-dir", pages, "--address", "127.0.0.1", "--port", port);
    succeeded(await checkpoint(t, remembering.images, "--page-server", `127.0.0.1:${port}`));
    expect(await served.ended).toBe(0);
    expect(pagesIn(remembering.images)).toBe(0);
    expect(pagesIn(pages)).toBeGreaterThan(MEMORY);

    const counted = remembering.count();
    succeeded(await runCommand(["sh", "-c", 'cp "$0"/*.img "$1"', pages, remembering.images]));
    succeeded(await restore(t, remembering));
    await eventually("a higher number", () => remembering.count() > counted);
    expect(await remembering.memory()).toBe(before);
  });

  scenario(
    "comes when it is used: --lazy-pages",
    async (t) => {
      const remembering = await startRemembering(t);
      const before = await remembering.memory();
      const port = String(freePort());
      const status = join(t.folder, "status");
      const descriptor = openSync(status, "w");
      const { images } = remembering;
      const flags = ["--lazy-pages", "--page-server", `127.0.0.1:${port}`, "--status-fd", "3"];
      const args = ["checkpoint", "--image-path", images, "--work-path", join(t.folder, "work"), ...flags, t.id];
      const dumped = t.runtime.command(args, { timeout: 60_000, descriptors: [descriptor] });
      await eventually("pages that can be fetched", () => isReady(status), 30_000);
      closeSync(descriptor);
      expect(pagesIn(images)).toBeLessThan(MEMORY / 2);
      const counted = remembering.count();

      const from = ["--page-server", "--address", "127.0.0.1", "--port", port];
      const fetched = await startDaemon(t, "lazy-pages", "--images-dir", images, "--work-dir", images, ...from);
      // As on another machine, where it has another cgroup.
      const id = t.newId();
      setCgroup(remembering.bundle.config, id);
      remembering.bundle.save();
      const again = ["restore", "-d", "-b", remembering.bundle.path, "--image-path", images, "--work-path", images];
      succeeded(await t.runtime.command([...again, "--lazy-pages", id], { timeout: 60_000 }));
      await eventually("a higher number", () => remembering.count() > counted);
      expect(await remembering.memory()).toBe(before);
      succeeded(await dumped);
      expect(await fetched.ended).toBe(0);
      expect((await t.runtime.command(["state", t.id])).status).toBe(1);
      expect(await t.runtime.status(id)).toBe("running");
      // runc leaves it in the cgroup that the images name, on cgroup v2, which stays then.
    },
    { needs: ["not-runtime:runc"] },
  );
});
