import type { Config } from "../spec/types.ts";

/**
 * How many sockets this process was started with for the service that it becomes: they follow the standard streams.
 *
 * @see sd_listen_fds(3)
 */
export function activatedSockets(): number {
  const { LISTEN_PID: pid, LISTEN_FDS: count = "" } = process.env;
  return pid === String(process.pid) && /^\d{1,4}$/.test(count) ? Number(count) : 0;
}

/** Tell the container's process that it has them. It is the first of its pid namespace. */
export function withActivatedSockets(config: Config, count: number): Config {
  if (count === 0 || config.process === undefined) return config;
  const env = [...(config.process.env ?? []), `LISTEN_FDS=${count}`, "LISTEN_PID=1"];
  return { ...config, process: { ...config.process, env } };
}
