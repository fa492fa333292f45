/** runtime.md: kill. */

import { setTimeout } from "node:timers/promises";
import { succeeded } from "../../harness/command.ts";
import { equal, refused } from "../assertions.ts";
import { deFacto, must, section } from "../test.ts";
import type { Trial } from "../trial.ts";

/** Start a process that prints the signals it gets. */
async function startCatching(t: Trial): Promise<void> {
  await t.start([["catch"]]);
  await t.printedLine("the process to be ready", ({ action }) => action === "catch");
}

const caught = (t: Trial): number[] =>
  t
    .printed()
    .filter(({ action }) => action === "caught")
    .map(({ signal = 0 }) => signal);

const sends = (spelled: string, number: number) => async (t: Trial) => {
  await startCatching(t);
  succeeded(await t.runtime.kill(t.id, spelled));
  await t.eventually("the signal", () => caught(t).length > 0);
  equal("the signal that came", caught(t), [number]);
  equal("status", await t.runtime.status(t.id), "running");
};

export const KILL = section("runtime.md#kill", [
  must("sends the given signal to the process", sends("USR1", 10)),
  must("sends another one as well", sends("HUP", 1)),
  must("sends TERM, which the process may survive", sends("TERM", 15)),
  must("ends the process by KILL, and the status is stopped", async (t) => {
    await t.start();
    succeeded(await t.runtime.kill(t.id, "KILL"));
    await t.runtime.waitFor(t.id, "stopped");
  }),
  must("ends a container that is created", async (t) => {
    await t.create();
    succeeded(await t.runtime.kill(t.id, "KILL"));
    await t.runtime.waitFor(t.id, "stopped");
  }),
  must("is an error without an id", async (t) => refused("kill", await t.runtime.command(["kill"]))),
  must("is an error for a container that there is not", async (t) =>
    refused("kill", await t.runtime.kill(t.id, "KILL")),
  ),
  must("is an error for a stopped container", async (t) => {
    await t.start([["exit", 0]]);
    await t.runtime.waitFor(t.id, "stopped");
    refused("kill", await t.runtime.kill(t.id, "KILL"));
    equal("status", await t.runtime.status(t.id), "stopped");
  }),
  must("is an error with a signal that there is not, and sends none", async (t) => {
    await startCatching(t);
    refused("kill", await t.runtime.kill(t.id, "NOSUCH"));
    await setTimeout(50);
    equal("signals that came", caught(t), []);
  }),
  must("ends the other processes of the container's PID namespace with the first", async (t) => {
    const pid = await t.start();
    succeeded(await t.runtime.kill(t.id, "KILL"));
    await t.runtime.waitFor(t.id, "stopped");
    refused(`kill of ${pid}'s container`, await t.runtime.kill(t.id, "KILL"));
  }),
  deFacto("takes signals by number", sends("12", 12)),
  deFacto("takes signals by their whole name", sends("SIGUSR2", 12)),
  deFacto("sends TERM if no signal is given", async (t) => {
    await startCatching(t);
    succeeded(await t.runtime.kill(t.id));
    await t.eventually("the signal", () => caught(t).length > 0);
    equal("the signal that came", caught(t), [15]);
  }),
]);
