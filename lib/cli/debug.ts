import createDebug from "debug";
import { enableDebugLog } from "../debug_log.ts";
import { type Log, writeEntry } from "./log.ts";

/** Show what tsrun does: in the log; or where people read standard error, there, with the time that each step took. */
export function showDebugLog(log: Log): void {
  if (log.destination !== undefined || log.format === "json") {
    enableDebugLog((area, message) => writeEntry(log, "debug", `${area}: ${message}`));
    return;
  }
  createDebug.enable("tsrun:*");
  const areas = new Map<string, createDebug.Debugger>();
  enableDebugLog((area, message) => {
    const show = areas.get(area) ?? createDebug(`tsrun:${area}`);
    areas.set(area, show);
    show(message);
  });
}
