/**
 * Stands in for criu where a test is about what is said to it: it writes down each request, and answers as its script
 * says. It is started by the `criu` that FakeCriu makes.
 */

import { appendFileSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CriuOptions, REQUEST, RESPONSE, RequestType, type Response } from "../../lib/criu/messages.ts";
import { decodeMessage, encodeMessage } from "../../lib/criu/protobuf.ts";
import { receive } from "../../lib/libc/socket.ts";
import { systemCall } from "../../lib/libc/system_call.ts";
import type { FakeScript } from "./fake_criu.ts";

const LARGEST_MESSAGE = 65536;
const [folder = "", command, descriptor] = process.argv.slice(2);
if (command !== "swrk") throw new Error(`unknown command ${command}`);
const socket = Number(descriptor);
const script = JSON.parse(readFileSync(join(folder, "script.json"), "utf8")) as FakeScript;
const buffer = new Uint8Array(LARGEST_MESSAGE);

function next() {
  const length = receive(socket, buffer);
  if (length <= 0) process.exit(1);
  return decodeMessage(REQUEST, buffer.subarray(0, length));
}

function answer(response: Response): void {
  const bytes = encodeMessage(RESPONSE, response);
  systemCall("write", socket, bytes, bytes.length);
}

/** Who made the socket, whose descriptors the request names. */
function peer(): number {
  const [SOL_SOCKET, SO_PEERCRED] = [1, 17];
  const credentials = new Int32Array(3);
  systemCall("getsockopt", socket, SOL_SOCKET, SO_PEERCRED, credentials, new Int32Array([credentials.byteLength]));
  return credentials[0]!;
}

function writeLog({ workDirectory, imagesDirectory, logFile }: CriuOptions): void {
  const directory = readlinkSync(`/proc/${peer()}/fd/${workDirectory ?? imagesDirectory}`);
  if (script.log !== undefined) writeFileSync(join(directory, logFile ?? "criu.log"), script.log);
}

const request = next();
appendFileSync(join(folder, "requests"), `${JSON.stringify(request)}\n`);
const { type = 0 } = request;
if (type === RequestType.Version) {
  const [major = 0, minor = 0, sublevel = 0] = script.version;
  answer({ type, success: true, version: { major, minor, sublevel } });
} else if (type === RequestType.FeatureCheck) {
  answer({ type, success: true, features: script.features ?? { memoryTracking: true, lazyPages: true } });
} else {
  writeLog(request.options ?? {});
  for (const name of script.notifications ?? []) {
    answer({ type: RequestType.Notify, success: true, notification: { script: name } });
    next();
  }
  answer({ type, success: script.success, ...(script.errno !== undefined && { errno: script.errno }) });
}
