/** What tsrun does, told with `--debug`. Costs one comparison while it is off. */

export type DebugSink = (area: string, message: string) => void;

let sink: DebugSink | undefined;

/** From now on every message goes to `to`. */
export function enableDebugLog(to: DebugSink): void {
  sink = to;
}

/** Tell what is done. `message` is only called if somebody listens. */
export function debugLog(area: string, message: () => string): void {
  sink?.(area, message());
}
