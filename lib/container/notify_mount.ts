import type { Config } from "../spec/types.ts";

/** In the container's directory: what is bound into the container, with the socket in it. */
export const NOTIFY_DIRECTORY = "notify";
export const NOTIFY_SOCKET = "notify.sock";

/** Where runc and crun bind it, too. */
const INSIDE = "/run/notify";

/**
 * Show a container the socket at which it tells that it is ready, as the service that tsrun is called in is told.
 *
 * @param directory an absolute path of the host
 * @see sd_notify(3)
 */
export function withNotifySocket(config: Config, directory: string): Config {
  if (config.process === undefined) return config;
  const options = ["bind", "nosuid", "noexec", "nodev", "ro"];
  return {
    ...config,
    mounts: [...(config.mounts ?? []), { destination: INSIDE, type: "bind", source: directory, options }],
    process: {
      ...config.process,
      env: [...(config.process.env ?? []), `NOTIFY_SOCKET=${INSIDE}/${NOTIFY_SOCKET}`],
    },
  };
}
