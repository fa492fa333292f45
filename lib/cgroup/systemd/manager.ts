import { socketsOf } from "../../dbus/address.ts";
import { DbusConnection, DbusError } from "../../dbus/connection.ts";
import type { MethodCall } from "../../dbus/message.ts";
import type { Value, Variant } from "../../dbus/types.ts";
import { Failure } from "../../failure.ts";
import { existsSync } from "../../libc/files.ts";
import { describeErrno } from "../../program/errno.ts";
import type { Property } from "./property.ts";

const POINTER = "/linux/cgroupsPath";
const SERVICE = "org.freedesktop.systemd1";
const OBJECT = "/org/freedesktop/systemd1";
const MANAGER = "org.freedesktop.systemd1.Manager";
const BUS = "org.freedesktop.DBus";
const NO_SUCH_UNIT = "org.freedesktop.systemd1.NoSuchUnit";
const UNIT_EXISTS = "org.freedesktop.systemd1.UnitExists";
/** For how long a job, as runc waits for it, or an answer is waited for, in milliseconds. */
const JOB_TIMEOUT = 30_000;

/**
 * systemd, reached over D-Bus: the system's for root, that of the user's session for anybody else. It is asked directly
 * at its own socket where that may be used, without a bus in between.
 *
 * @see org.freedesktop.systemd1(5)
 */
export class SystemdManager {
  readonly #connection: DbusConnection;
  readonly #onBus: boolean;
  /** The number of systemd's version. */
  readonly version: number;
  /** The cgroup below which systemd makes all others, without a slash at its end. */
  readonly controlGroup: string;

  /**
   * @param user whether an ordinary user's systemd is meant
   * @throws Failure if there is none
   */
  static of(user: boolean): SystemdManager {
    const { connection, onBus } = connect(user);
    return new SystemdManager(connection, onBus);
  }

  /**
   * @param onBus whether a bus is in between
   * @throws Failure if systemd does not answer; the connection is closed then
   */
  constructor(connection: DbusConnection, onBus: boolean) {
    this.#connection = connection;
    this.#onBus = onBus;
    connection.expectWithin(JOB_TIMEOUT);
    if (onBus) {
      const toBus = { destination: BUS, path: "/org/freedesktop/DBus", interface: BUS };
      connection.send({ ...toBus, member: "Hello" });
      const rule = `type='signal',sender='${SERVICE}',interface='${MANAGER}',member='JobRemoved'`;
      connection.send({ ...toBus, member: "AddMatch", signature: "s", body: [rule] }, false);
      connection.send(this.#method("Subscribe"), false);
    }
    const version = connection.send(this.#property("Version"));
    const group = connection.send(this.#property("ControlGroup"));
    const text = (serial: number): string => ((this.#reply(serial)[0] as Variant).value as string) ?? "";
    try {
      this.version = Number(/\d+/.exec(text(version))?.[0] ?? 0);
      this.controlGroup = text(group).replace(/\/+$/, "");
    } catch (error) {
      connection.close();
      throw failed("systemd cannot be asked", error);
    }
  }

  /**
   * Start a transient unit, and wait until it is. A failed one of the same name is forgotten first.
   *
   * @throws Failure if there is one already, or systemd refuses
   */
  startTransientUnit(name: string, properties: readonly Property[]): void {
    const start = this.#method("StartTransientUnit", "ssa(sv)a(sa(sv))", [name, "replace", properties, []]);
    let job: Value | undefined;
    try {
      [job] = this.#call(start);
    } catch (error) {
      if (!(error instanceof DbusError) || error.errorName !== UNIT_EXISTS) throw refusal(name, error);
      this.resetFailedUnit(name);
      try {
        [job] = this.#call(start);
      } catch (again) {
        throw refusal(name, again);
      }
    }
    const result = this.#waitForJob(job);
    if (result === "done") return;
    this.resetFailedUnit(name);
    throw new Failure(`error creating systemd unit ${JSON.stringify(name)}: got ${JSON.stringify(result)}`, {
      code: "cgroup.failed",
      pointer: POINTER,
    });
  }

  /** Change properties of a unit until it is gone. @throws Failure */
  setUnitProperties(name: string, properties: readonly Property[]): void {
    try {
      this.#call(this.#method("SetUnitProperties", "sba(sv)", [name, true, properties]));
    } catch (error) {
      throw failed(`cannot change properties of the systemd unit ${JSON.stringify(name)}`, error);
    }
  }

  /**
   * Put a process into a unit's cgroup.
   *
   * @param below the path of a cgroup below it, with a slash in front, or nothing
   * @throws Failure
   */
  attachProcess(name: string, below: string, pid: number): void {
    try {
      this.#call(this.#method("AttachProcessesToUnit", "ssau", [name, below, [pid]]));
    } catch (error) {
      throw failed(`cannot put a process into the systemd unit ${JSON.stringify(name)}`, error);
    }
  }

  /** Stop a unit, and wait until it is. One that is not there is no error. @throws Failure */
  stopUnit(name: string): void {
    try {
      const [job] = this.#call(this.#method("StopUnit", "ss", [name, "replace"]));
      this.#waitForJob(job);
    } catch (error) {
      if (error instanceof DbusError && error.errorName === NO_SUCH_UNIT) return;
      throw failed(`cannot stop the systemd unit ${JSON.stringify(name)}`, error);
    }
  }

  /** Let systemd forget a unit that has failed. One that has not is left alone. */
  resetFailedUnit(name: string): void {
    try {
      this.#call(this.#method("ResetFailedUnit", "s", [name]));
    } catch (error) {
      if (!(error instanceof DbusError)) throw failed(`cannot reset the systemd unit ${JSON.stringify(name)}`, error);
    }
  }

  close(): void {
    this.#connection.close();
  }

  /** @returns the job's result, `done` if all went well @see org.freedesktop.systemd1(5), JobRemoved */
  #waitForJob(job: Value | undefined): string {
    const [, , , result] = this.#connection.signal("JobRemoved", ([, path]) => path === job);
    return result as string;
  }

  #call(call: MethodCall): readonly Value[] {
    this.#connection.expectWithin(JOB_TIMEOUT);
    return this.#connection.call(call);
  }

  #reply(serial: number): readonly Value[] {
    return this.#connection.reply(serial);
  }

  #method(member: string, signature = "", body: readonly Value[] = []): MethodCall {
    return { ...this.#destination(), path: OBJECT, interface: MANAGER, member, signature, body };
  }

  #property(name: string): MethodCall {
    const properties = "org.freedesktop.DBus.Properties";
    return {
      ...this.#destination(),
      path: OBJECT,
      interface: properties,
      member: "Get",
      signature: "ss",
      body: [MANAGER, name],
    };
  }

  #destination(): { destination?: string } {
    return this.#onBus ? { destination: SERVICE } : {};
  }
}

/** @throws Failure if systemd does not run, or cannot be reached */
function connect(user: boolean): { connection: DbusConnection; onBus: boolean } {
  // What sd_booted(3) looks at.
  if (!existsSync("/run/systemd/system")) {
    throw new Failure("systemd not running on this host, cannot use systemd cgroups manager", {
      code: "cgroup.failed",
      hint: "without --systemd-cgroup no systemd is needed",
    });
  }
  const places = user ? userSockets() : systemSockets();
  let why = "no socket is known";
  for (const { address, onBus } of places) {
    const connection = DbusConnection.connect(address);
    if (typeof connection !== "number") return { connection, onBus };
    why = `connect(${JSON.stringify(address)}): ${describeErrno(-connection)}`;
  }
  throw new Failure(`cannot reach ${user ? "the systemd of this user" : "systemd"}: ${why}`, {
    code: "cgroup.failed",
    ...(user && {
      hint: "DBUS_SESSION_BUS_ADDRESS or XDG_RUNTIME_DIR must tell where the bus of the user's session is",
    }),
  });
}

interface Place {
  readonly address: string;
  readonly onBus: boolean;
}

function systemSockets(): Place[] {
  return [
    { address: "/run/systemd/private", onBus: false },
    ...socketsOf(process.env.DBUS_SYSTEM_BUS_ADDRESS || "unix:path=/run/dbus/system_bus_socket").map((address) => ({
      address,
      onBus: true,
    })),
  ];
}

function userSockets(): Place[] {
  const { DBUS_SESSION_BUS_ADDRESS: bus, XDG_RUNTIME_DIR: directory } = process.env;
  if (bus) return socketsOf(bus).map((address) => ({ address, onBus: true }));
  if (!directory) return [];
  return [
    { address: `${directory}/systemd/private`, onBus: false },
    { address: `${directory}/bus`, onBus: true },
  ];
}

function refusal(unit: string, error: unknown): Failure {
  return failed(`unable to start unit ${JSON.stringify(unit)}`, error);
}

function failed(what: string, error: unknown): Failure {
  return new Failure(`${what}: ${(error as Error).message}`, { code: "cgroup.failed", pointer: POINTER, cause: error });
}
