/** runtime.md: start. */

import { succeeded } from "../../harness/command.ts";
import { equal, refused } from "../assertions.ts";
import { deFacto, must, section } from "../test.ts";
import { having, probeWords } from "../trial.ts";

export const START = section("runtime.md#start", [
  must("runs the process", async (t) => {
    await t.start([["clocks"]]);
    equal(
      "what ran",
      (await t.ended()).map(({ action }) => action),
      ["clocks"],
    );
  }),
  must("gives a container whose status is running", async (t) => {
    await t.start();
    equal("status", await t.runtime.status(t.id), "running");
  }),
  must("is an error without an id", async (t) => refused("start", await t.runtime.command(["start"]))),
  must("is an error for a container that there is not", async (t) => refused("start", await t.runtime.start(t.id))),
  must("is an error for a running container, and has no effect on it", async (t) => {
    const pid = await t.start([["hold"]]);
    await t.printedLine("the process", ({ action }) => action === "hold");
    refused("the second start", await t.runtime.start(t.id));
    const { status, pid: now } = await t.runtime.state(t.id);
    equal("the container", { status, pid: now }, { status: "running", pid });
    equal("what ran", t.printed().filter(({ action }) => action === "hold").length, 1);
  }),
  must("is an error for a stopped container, and does not run it again", async (t) => {
    await t.start([["clocks"]]);
    await t.ended();
    refused("start", await t.runtime.start(t.id));
    equal("status", await t.runtime.status(t.id), "stopped");
    equal("what ran", t.printed().length, 2 - 1);
  }),
  must("is an error for a container without a process", (t) =>
    t.refuses("a container without a process", having("process", undefined)),
  ),
  must("runs the process with the arguments of the config", async (t) => {
    const words = ["one", "", "three words here", "$HOME", "*"];
    const probe = await t.see((config) => {
      config.process.args = ["/probe", ...words];
    });
    equal("args", probe.args, ["/probe", ...words]);
  }),
  deFacto("run ends with the status of the process", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = probeWords(["exit", 42]);
    });
    equal("exit status", (await t.runtime.run(t.id, bundle.path)).status, 42);
  }),
  deFacto("run --detach leaves the container running", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = probeWords(["hold"]);
    });
    succeeded(await t.runtime.run(t.id, bundle.path, { flags: ["--detach"] }));
    equal("status", await t.runtime.status(t.id), "running");
  }),
  deFacto("run deletes the container at its end", async (t) => {
    await t.accepts(() => {});
    refused("state", await t.runtime.command(["state", t.id]));
  }),
]);
