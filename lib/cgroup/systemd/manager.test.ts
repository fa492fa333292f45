import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DbusConnection } from "../../dbus/connection.ts";
import { SystemdManager } from "./manager.ts";
import { property } from "./property.ts";

const PROPERTIES = [property("PIDs", "au", [1])];

describe("what is asked of systemd", () => {
  let end = (): void => {};
  afterEach(() => end());

  /** A manager of a service that lets jobs have these results, and what that service was asked. */
  async function managerWith(
    ...results: string[]
  ): Promise<{ manager: SystemdManager; asked: () => Promise<string[]> }> {
    const folder = mkdtempSync(join(tmpdir(), "tsrun-systemd-"));
    const socket = join(folder, "private");
    const service = Bun.spawn([process.execPath, join(import.meta.dir, "fake_systemd.ts"), socket, ...results], {
      stdout: "pipe",
    });
    end = () => {
      service.kill();
      rmSync(folder, { recursive: true, force: true });
    };
    const output = service.stdout.getReader();
    await output.read();
    const connection = DbusConnection.connect(socket);
    if (typeof connection === "number") throw new Error(`errno ${-connection}`);
    const manager = new SystemdManager(connection, false);
    const asked = async (): Promise<string[]> => {
      manager.close();
      service.kill();
      let text = "";
      for (;;) {
        const { value, done } = await output.read();
        if (done) return text.trim().split("\n");
        text += Buffer.from(value).toString();
      }
    };
    return { manager, asked };
  }

  test("its version, and where its cgroups are", async () => {
    const { manager } = await managerWith();
    expect([manager.version, manager.controlGroup]).toEqual([252, "/top"]);
    manager.close();
  });

  test("a unit is started once its own job is done", async () => {
    const { manager, asked } = await managerWith("done");
    manager.startTransientUnit("a.scope", PROPERTIES);
    expect(await asked()).toEqual(["Version ", "ControlGroup ", "StartTransientUnit a.scope"]);
  });

  test("a failed unit of that name is reset, and it is tried once more", async () => {
    const { manager, asked } = await managerWith("exists", "done");
    manager.startTransientUnit("a.scope", PROPERTIES);
    expect((await asked()).slice(2)).toEqual([
      "StartTransientUnit a.scope",
      "ResetFailedUnit a.scope",
      "StartTransientUnit a.scope",
    ]);
  });

  test("a unit that stays is an error", async () => {
    const { manager, asked } = await managerWith("exists", "exists");
    expect(() => manager.startTransientUnit("a.scope", PROPERTIES)).toThrow(
      'unable to start unit "a.scope": Unit a.scope: UnitExists',
    );
    expect((await asked()).length).toBe(5);
  });

  test("a job that fails is an error, and its unit is reset", async () => {
    const { manager, asked } = await managerWith("failed");
    expect(() => manager.startTransientUnit("a.scope", PROPERTIES)).toThrow(
      'error creating systemd unit "a.scope": got "failed"',
    );
    expect((await asked()).at(-1)).toBe("ResetFailedUnit a.scope");
  });

  test("a process is put into a unit", async () => {
    const { manager, asked } = await managerWith();
    manager.attachProcess("a.scope", "/below", 1);
    expect((await asked()).slice(2)).toEqual(["AttachProcessesToUnit a.scope"]);
  });

  test("to stop a unit that is not there is no error", async () => {
    const { manager, asked } = await managerWith("absent", "done");
    manager.stopUnit("a.scope");
    manager.stopUnit("b.scope");
    expect((await asked()).slice(2)).toEqual(["StopUnit a.scope", "StopUnit b.scope"]);
  });
});
