import type { Command } from "./command.ts";

/** Each command's file, loaded only when it is called, or when help tells of all of them. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  create: async () => (await import("./commands/create.ts")).command,
  start: async () => (await import("./commands/start.ts")).command,
  state: async () => (await import("./commands/state.ts")).command,
  kill: async () => (await import("./commands/kill.ts")).command,
  delete: async () => (await import("./commands/delete.ts")).command,
  run: async () => (await import("./commands/run.ts")).command,
  exec: async () => (await import("./commands/exec.ts")).command,
  pause: async () => (await import("./commands/pause.ts")).command,
  resume: async () => (await import("./commands/resume.ts")).command,
  ps: async () => (await import("./commands/ps.ts")).command,
  events: async () => (await import("./commands/events.ts")).command,
  update: async () => (await import("./commands/update.ts")).command,
  mounts: async () => (await import("./commands/mounts.ts")).command,
  features: async () => (await import("./commands/features.ts")).command,
  list: async () => (await import("./commands/list.ts")).command,
  spec: async () => (await import("./commands/spec.ts")).command,
  validate: async () => (await import("./commands/validate.ts")).command,
  "start-failed": async () => (await import("./commands/start_failed.ts")).command,
  "exec-failed": async () => (await import("./commands/exec_failed.ts")).command,
  "relay-readiness": async () => (await import("./commands/relay_readiness.ts")).command,
  completion: async () => (await import("./commands/completion.ts")).command,
  complete: async () => (await import("./commands/complete.ts")).command,
  plan: async () => (await import("./commands/plan.ts")).command,
  conformance: async () => (await import("./commands/conformance.ts")).command,
};
