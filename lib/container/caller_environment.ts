/** What the launcher adds to the environment (lib/executor/launcher.c), none of which a caller could have set. */
const ADDED_BY_LAUNCHER = ["TSRUN_INHERITED_DESCRIPTORS", "TSRUN_START_CONNECTION", "BUN_JSC_useWarmUpMarkedBlocks"];

/** The caller's environment, as a program that tsrun starts for the caller gets it. */
export function callerEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  for (const name of ADDED_BY_LAUNCHER) delete environment[name];
  return environment;
}
