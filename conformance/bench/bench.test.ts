/** What `make bench` is made of, without measuring anything that counts. */

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { timed, timedAtOnce } from "./measure.ts";
import { Measurements } from "./measurements.ts";
import { Place } from "./place.ts";
import { barPlot, metricOf, scalePlot } from "./plot.ts";
import { joined, machine, type Results, resultsText } from "./results.ts";
import { formatTable, summarize } from "./summary.ts";
import { textTables } from "./tables.ts";

const cost = (wall: number) => ({ wall, cpu: wall / 2, memory: 1024 });

describe("a command is measured", () => {
  test("with its time, processor time and memory", async () => {
    const busy = ["sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 0.05"];
    for (const { wall, cpu, memory } of [timed(busy), await timedAtOnce(busy)]) {
      expect(wall).toBeGreaterThan(50);
      expect(cpu).toBeGreaterThan(0);
      expect(cpu).toBeLessThan(wall);
      // Not that of this process, which is larger by far.
      expect(memory).toBeLessThan(20_000);
    }
  });

  test("with a terminal, if it takes one", () => {
    const onTerminal = ["sh", "-c", "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && : </dev/tty"];
    expect(timed(onTerminal, { terminal: true }).wall).toBeGreaterThan(0);
    expect(() => timed(onTerminal)).toThrow("status 1");
  });

  test("unless it fails", () => {
    expect(() => timed(["sh", "-c", "echo why >&2; exit 3"])).toThrow("status 3: why");
    expect(() => timed(["sh", "-c", "kill -9 $$"])).toThrow("signal 9");
    expect(() => timed(["no-such-program"])).toThrow("there is no no-such-program");
  });
});

test("a command that fails is told of, and not tried for ever", () => {
  const measurements = new Measurements();
  let tries = 0;
  for (let round = 0; round < 10; round++) {
    measurements.attempt("fails", "peer", () => {
      tries++;
      throw new Error(`try ${tries}`);
    });
    measurements.attempt("works", "peer", () => cost(round));
  }
  expect(tries).toBe(2);
  expect(measurements.failures).toEqual([{ what: "fails", who: "peer", message: "try 1" }]);
  expect([...measurements.costs.keys()]).toEqual(["works"]);
  expect(measurements.costs.get("works")?.get("peer")?.wall.count).toBe(10);
});

test("a summary has the middle and the quarters", () => {
  expect(summarize([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, count: 5 });
  expect(summarize([]).median).toBeNaN();
});

test("results become tables, pictures and JSON, also where a peer has none", () => {
  const measurements = new Measurements();
  for (const wall of [1, 2, 3]) measurements.note("run", "tsrun", cost(wall));
  measurements.note("run", "runc", cost(4));
  measurements.note("features", "tsrun", cost(5));
  measurements.noteSize("PSS", "tsrun", 48);
  const scale = { levels: [0, 10], tables: [measurements.costs, measurements.costs], failures: [] };
  const results: Results = {
    date: "2026-11-28T00:00:00Z",
    rounds: 3,
    seconds: 1,
    machine: machine(),
    versions: { tsrun: "0.1.0", runc: "1", crun: "2" },
    commands: joined(measurements.costs),
    sizes: measurements.sizes,
    containers: scale,
    mounts: scale,
    failures: [],
  };
  const [wall, , memory, containers] = textTables(results);
  expect(wall?.rows).toEqual([
    ["", "tsrun", "runc", "crun", "tsrun/runc", "tsrun/crun"],
    ["run", "2.00 (2.00 – 3.00)", "4.00 (4.00 – 4.00)", "", "0.50", ""],
    ["features", "5.00 (5.00 – 5.00)", "", "", "", ""],
  ]);
  expect(memory?.rows[1]).toEqual(["PSS", "48 KiB", "", "", "", ""]);
  expect(containers?.rows[1]).toEqual(["run", "2.00", "2.00", "4.00", "4.00", "", ""]);
  for (const { rows } of textTables(results)) expect(formatTable(rows).split("\n").length).toBe(rows.length);
  expect(JSON.parse(resultsText(results)).commands.run.tsrun.wall.median).toBe(2);
  for (const picture of [barPlot("a < b", metricOf(results.commands, "wall")), scalePlot("b", "mounts", scale)]) {
    expect(picture).not.toMatch(/NaN|undefined|Infinity/);
    expect(picture.match(/<svg/g)?.length).toBe(1);
    expect(picture).toContain("</svg>");
  }
});

test("a place leaves nothing behind", async () => {
  const place = new Place();
  expect(place.contestants[0]?.name).toBe("tsrun");
  mkdirSync(join(place.folder, "something"));
  await place.checkpoint();
  expect(await place.leave()).toBeUndefined();
  expect(existsSync(place.folder)).toBe(false);
});
