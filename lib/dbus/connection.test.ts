/** Against a real bus, where the machine has one. */

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DbusConnection, DbusError } from "./connection.ts";

const TIMEOUT = 10_000;
const daemon = Bun.which("dbus-daemon");

describe.skipIf(daemon === null)("a connection to a bus", () => {
  const folder = mkdtempSync(join(tmpdir(), "tsrun-dbus-"));
  const socket = join(folder, "bus");
  const { pid } = startDaemon();
  afterAll(() => {
    process.kill(pid);
    rmSync(folder, { recursive: true });
  });

  function startDaemon(): { pid: number } {
    if (daemon === null) return { pid: 0 };
    const options = ["--session", "--fork", "--print-pid=1", `--address=unix:path=${socket}`, "--nopidfile"];
    const { stdout, stderr } = Bun.spawnSync([daemon, ...options]);
    const started = Number(stdout.toString());
    if (!(started > 0)) throw new Error(`dbus-daemon: ${stderr}`);
    return { pid: started };
  }

  function connected(): DbusConnection {
    const connection = DbusConnection.connect(socket);
    if (typeof connection === "number") throw new Error(`errno ${-connection}`);
    connection.expectWithin(TIMEOUT);
    return connection;
  }

  const bus = { destination: "org.freedesktop.DBus", path: "/", interface: "org.freedesktop.DBus" };

  test("calls are answered, also those sent together", () => {
    const connection = connected();
    const hello = connection.send({ ...bus, member: "Hello" });
    const names = connection.send({ ...bus, member: "ListNames" });
    const owner = connection.send({ ...bus, member: "GetNameOwner", signature: "s", body: [bus.destination] });
    expect(connection.reply(owner)).toEqual([bus.destination]);
    const [own] = connection.reply(hello);
    expect(connection.reply(names)[0]).toContain(own!);
    connection.close();
  });

  test("an error has the name that the other side gives it", () => {
    const connection = connected();
    connection.send({ ...bus, member: "Hello" }, false);
    const call = { destination: "org.example.Nobody", path: "/", interface: "org.example.Nothing", member: "Do" };
    try {
      connection.call(call);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(DbusError);
      expect((error as DbusError).errorName).toBe("org.freedesktop.DBus.Error.ServiceUnknown");
    }
    connection.close();
  });

  test("a signal is found that came before it was waited for", () => {
    const connection = connected();
    const [own] = connection.call({ ...bus, member: "Hello" });
    connection.call({ ...bus, member: "GetId" });
    expect(connection.signal("NameAcquired", ([name]) => name === own)).toEqual([own!]);
    connection.close();
  });

  test("nobody waits for ever", () => {
    const connection = connected();
    connection.call({ ...bus, member: "Hello" });
    connection.expectWithin(1);
    expect(() => connection.signal("Never", () => true)).toThrow("no answer in time");
    connection.close();
  });

  test("where nobody listens is an errno", () => expect(DbusConnection.connect(`${socket}-not`)).toBe(-2));
});
