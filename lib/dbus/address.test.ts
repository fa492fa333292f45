import { expect, test } from "bun:test";
import { socketsOf } from "./address.ts";

test("sockets of a D-Bus address", () => {
  expect(socketsOf("unix:path=/run/user/1000/bus")).toEqual(["/run/user/1000/bus"]);
  expect(socketsOf("unix:path=/run/bus,guid=0123")).toEqual(["/run/bus"]);
  expect(socketsOf("unix:guid=0123,abstract=/tmp/dbus-x;unix:path=/b")).toEqual(["@/tmp/dbus-x", "/b"]);
  expect(socketsOf("unix:path=/a%20b%2c")).toEqual(["/a b,"]);
  expect(socketsOf("tcp:host=localhost,port=1;unix:dir=/tmp")).toEqual([]);
  expect(socketsOf("")).toEqual([]);
});
