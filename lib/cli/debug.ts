import { appendFileSync } from "node:fs";
import createDebug from "debug";
import { enableDebugLog } from "../debug_log.ts";
import type { Log } from "./report_failure.ts";

/** Show what tsrun does: on standard error, or in the log if there is one. */
export function showDebugLog(log: Log): void {
  createDebug.enable("tsrun:*");
  const areas = new Map<string, createDebug.Debugger>();
  enableDebugLog((area, message) => {
    if (log.file !== undefined) {
      appendFileSync(log.file, debugEntry(`${area}: ${message}`, log.format));
      return;
    }
    const show = areas.get(area) ?? createDebug(`tsrun:${area}`);
    areas.set(area, show);
    show(message);
  });
}

function debugEntry(message: string, format: Log["format"]): string {
  const time = new Date().toISOString();
  return format === "json"
    ? `${JSON.stringify({ level: "debug", msg: message, time })}\n`
    : `time="${time}" level=debug msg=${JSON.stringify(message)}\n`;
}
