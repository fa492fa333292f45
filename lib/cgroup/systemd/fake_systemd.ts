/**
 * A service that answers at a socket as systemd does, for tests: argv is the socket, and the results of the jobs that it
 * starts, one after the other; `exists` stands for a unit that is there already.  It writes each call's name.
 */

import { marshal } from "../../dbus/marshal.ts";
import { decodeMessage, type Message, MessageType, messageLength } from "../../dbus/message.ts";
import type { Value, Variant } from "../../dbus/types.ts";

const [socket = "", ...results] = process.argv.slice(2);
const VERSION = "252.1-1";
let jobs = 0;

Bun.listen<{ receive(chunk: Buffer): void }>({
  unix: socket,
  socket: {
    open(connection) {
      let bytes = Buffer.alloc(0);
      let greeted = false;
      const receive = (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (!greeted) {
          const end = bytes.indexOf("BEGIN\r\n");
          if (end < 0) return;
          greeted = true;
          bytes = bytes.subarray(end + 7);
          connection.write("DATA\r\nOK 0123\r\n");
        }
        for (;;) {
          const size = messageLength(bytes);
          if (size === undefined || bytes.length < size) return;
          const serial = bytes.readUInt32LE(8);
          for (const answer of answers(decodeMessage(bytes.subarray(0, size)), serial)) connection.write(answer);
          bytes = bytes.subarray(size);
        }
      };
      connection.data = { receive };
    },
    data: (connection, chunk) => connection.data.receive(chunk),
  },
});
process.stdout.write("ready\n");

function answers({ member = "", body }: Message, serial: number): Buffer[] {
  const name = member === "Get" ? String(body[1]) : member;
  process.stdout.write(`${name} ${typeof body[0] === "string" && member !== "Get" ? body[0] : ""}\n`);
  const reply = (signature: string, values: Value[]) => encode(MessageType.MethodReturn, serial, signature, values);
  if (name === "Version") return [reply("v", [{ signature: "s", value: VERSION }])];
  if (name === "ControlGroup") return [reply("v", [{ signature: "s", value: "/top/" }])];
  if (member !== "StartTransientUnit" && member !== "StopUnit") return [reply("", [])];
  const result = results.shift() ?? "done";
  const [unit = ""] = body;
  if (result === "exists" || result === "absent") {
    const error = result === "exists" ? "UnitExists" : "NoSuchUnit";
    return [encode(MessageType.Error, serial, "s", [`Unit ${unit}: ${error}`], `org.freedesktop.systemd1.${error}`)];
  }
  const job = `/org/freedesktop/systemd1/job/${++jobs}`;
  const removed = (path: string, how: string) => encode(MessageType.Signal, 0, "uoss", [jobs, path, unit, how]);
  // Others' jobs end, too.
  return [removed("/org/freedesktop/systemd1/job/99", "failed"), reply("o", [job]), removed(job, result)];
}

function encode(type: number, replySerial: number, signature: string, values: Value[], errorName?: string): Buffer {
  const content = marshal(signature, values);
  const fields: [number, Variant][] = [[8, { signature: "g", value: signature }]];
  if (type === MessageType.Signal) fields.push([3, { signature: "s", value: "JobRemoved" }]);
  else fields.push([5, { signature: "u", value: replySerial }]);
  if (errorName !== undefined) fields.push([4, { signature: "s", value: errorName }]);
  const header = marshal("yyyyuua(yv)", ["l".charCodeAt(0), type, 1, 1, content.length, 1, fields]);
  return Buffer.concat([header, Buffer.alloc(-header.length & 7), content]);
}
