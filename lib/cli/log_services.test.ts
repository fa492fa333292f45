import { expect, test } from "bun:test";
import { absoluteLogTarget, parseLogTarget } from "./log.ts";
import { journalEntry, syslogEntry } from "./log_services.ts";

test("--log names a file unless a service is named; a colon alone names none", () => {
  expect(parseLogTarget("/a/b:c")).toEqual({ kind: "file", name: "/a/b:c" });
  expect(parseLogTarget("file:/a")).toEqual({ kind: "file", name: "/a" });
  expect(parseLogTarget("journald:web")).toEqual({ kind: "journald", name: "web" });
  expect(parseLogTarget("syslog:")).toEqual({ kind: "syslog", name: "" });
});

test("what is said again is the same in another directory", () => {
  expect(absoluteLogTarget("log")).toBe(`file:${process.cwd()}/log`);
  expect(absoluteLogTarget("file:syslog:x")).toBe(`file:${process.cwd()}/syslog:x`);
  expect(absoluteLogTarget("journald:web")).toBe("journald:web");
});

test("an entry of the journal has a field a line, and lengths where there are more lines", () => {
  const entry = journalEntry("web", "error", "it failed", { code: "usage", hint: "one\ntwo", errno: undefined });
  const length = String.fromCharCode(7, 0, 0, 0, 0, 0, 0, 0);
  const fields = ["PRIORITY=3", "SYSLOG_IDENTIFIER=tsrun", "ID=web", "MESSAGE=it failed", "TSRUN_CODE=usage"];
  expect(entry.toString("latin1")).toBe(`${fields.join("\n")}\nTSRUN_HINT\n${length}one\ntwo\n`);
});

test("an entry of syslog has priority, time and tag", () => {
  expect(syslogEntry("web", "error", "it failed").toString()).toMatch(
    /^<11>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d web: it failed$/,
  );
  expect(syslogEntry("web", "debug", "x").toString()).toStartWith("<15>");
});
