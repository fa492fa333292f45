import { Failure } from "../failure.ts";
import { connectDatagram, sendDatagram, serviceAddress } from "../libc/socket.ts";
import { describeErrno } from "../program/errno.ts";
import type { LogDestination, LogLevel } from "./log.ts";

const JOURNAL = "/run/systemd/journal/socket";
const SYSLOG = "/dev/log";
const DEFAULT_NAME = "tsrun";

/** @see syslog(3), "level" */
const PRIORITY: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, debug: 7 };
/** LOG_USER, as in crun. */
const FACILITY = 1;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * Log to systemd's journal, or to syslog.
 *
 * @param name what entries are found by: the journal's field ID, syslog's tag
 * @throws Failure `usage` if the service does not listen
 */
export function openLogService(kind: "journald" | "syslog", name: string): LogDestination {
  const path = kind === "journald" ? JOURNAL : SYSLOG;
  const socket = connectDatagram(serviceAddress(path));
  if (socket < 0) {
    throw new Failure(`--log ${kind}:${name}: connect(${path}): ${describeErrno(-socket)}`, {
      code: "usage",
      call: `connect(${JSON.stringify(path)})`,
      errno: -socket,
    });
  }
  const format = kind === "journald" ? journalEntry : syslogEntry;
  return (level, message, entry, context) => {
    // As JSON it is one text there too, for whoever reads it as such.
    const text = entry.startsWith("{") ? entry.trimEnd() : message;
    sendDatagram(socket, format(name || DEFAULT_NAME, level, text, context));
  };
}

/** @see systemd's "Native Journal Protocol" */
export function journalEntry(name: string, level: LogLevel, message: string, context: object): Buffer {
  const more = Object.entries(context).filter(([, value]) => value !== undefined);
  const fields: readonly (readonly [string, string])[] = [
    ["PRIORITY", String(PRIORITY[level])],
    ["SYSLOG_IDENTIFIER", "tsrun"],
    ["ID", name],
    ["MESSAGE", message],
    ...more.map(([key, value]) => [`TSRUN_${key.toUpperCase()}`, String(value)] as const),
  ];
  return Buffer.concat(fields.map(([key, value]) => field(key, value)));
}

/** A value of several lines stands behind its length. */
function field(key: string, value: string): Buffer {
  if (!value.includes("\n")) return Buffer.from(`${key}=${value}\n`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
  return Buffer.concat([Buffer.from(`${key}\n`), length, Buffer.from(`${value}\n`)]);
}

/** @see syslog(3); RFC 3164, 4.1 */
export function syslogEntry(name: string, level: LogLevel, message: string): Buffer {
  const now = new Date();
  const digits = (number: number): string => String(number).padStart(2, "0");
  const day = String(now.getDate()).padStart(2);
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(digits).join(":");
  const priority = FACILITY * 8 + PRIORITY[level];
  return Buffer.from(`<${priority}>${MONTHS[now.getMonth()]} ${day} ${time} ${name}: ${message}`);
}
