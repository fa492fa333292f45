/*
 * The fast path of `start`, `state`, `kill` and `delete`: when a container was created, the engine has written a program
 * for each of them into the container's directory, which is played here without an engine. Everything but the plain
 * forms of these commands is left to the engine; so is everything that a program gives up.
 *
 * lib/container/life_cycle_programs.ts says for which containers there are programs.
 */
#include "command_line.h"
#include "executor.h"
#include "system_call.h"

#define LOG_MODE 0644
#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_ISVTX 0001000
#define WRITABLE_BY_OTHERS 0022
#define LONGEST_PROGRAM_NAME 16

/* Whether it is of this type, ours, and for nobody else to change. */
static int is_trusted(i64 descriptor, u32 type) {
  u32 stat[64];
  if (is_error(CALL2(NR_fstat, descriptor, stat))) return 0;
  u32 mode = stat[STAT_MODE_OFFSET / sizeof *stat];
  if (stat[STAT_UID_OFFSET / sizeof *stat] != (u32)CALL1(NR_geteuid, 0) || (mode & S_IFMT) != type) return 0;
  /* A file of another name could be changed by way of that. */
  if (type == S_IFREG && stat[STAT_NLINK_OFFSET / sizeof *stat] != 1) return 0;
  return (mode & WRITABLE_BY_OTHERS) == 0;
}

/* Whether nobody else can put another directory in the place of one of ours in it. */
static int is_trusted_root(i64 descriptor) {
  u32 stat[64];
  if (is_error(CALL2(NR_fstat, descriptor, stat))) return 0;
  u32 mode = stat[STAT_MODE_OFFSET / sizeof *stat];
  return stat[STAT_UID_OFFSET / sizeof *stat] == (u32)CALL1(NR_geteuid, 0) &&
         ((mode & WRITABLE_BY_OTHERS) == 0 || (mode & S_ISVTX) != 0);
}

/* The log of a command that succeeds is there, and empty. */
static int make_log(const char *path) {
  i64 log = CALL4(NR_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, LOG_MODE);
  if (is_error(log)) return 0;
  CALL1(NR_close, log);
  return 1;
}

static char *append(char *to, const char *text) {
  while ((*to = *text++) != 0) to++;
  return to;
}

static i64 open_root(const struct call *call) {
  i64 root = CALL3(NR_openat, AT_FDCWD, call->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (is_error(root) || call->below_root == 0) return root;
  return CALL3(NR_openat, root, call->below_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int try_life_cycle(char **argv, char **envp) {
  struct call call = {0, 0, 0, 0, 0, 0, 0, 0};
  const char *switched = variable(envp, "TSRUN_FAST=");
  if ((switched != 0 && equal(switched, "0")) || !read_command_line(argv, envp, &call)) return -1;
  i64 root = open_root(&call);
  if (is_error(root) || !is_trusted_root(root)) return -1;
  i64 directory = CALL3(NR_openat, root, call.id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (is_error(directory) || !is_trusted(directory, S_IFDIR)) return -1;
  char name[LONGEST_PROGRAM_NAME];
  append(append(name, call.name), ".program");
  /* What is in its place may be a fifo, which must not make us wait, or a terminal, which must not become ours. */
  i64 code = CALL3(NR_openat, directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (is_error(code) || !is_trusted(code, S_IFREG) || (call.log != 0 && !make_log(call.log))) return -1;
  u64 registers[REGISTER_COUNT] = {0};
  registers[REPORT_REGISTER] = (u64)-1;
  registers[DIRECTORY_REGISTER] = (u64)directory;
  registers[ROOT_REGISTER] = (u64)root;
  registers[SIGNAL_REGISTER] = (u64)call.signal;
  registers[CONNECTION_REGISTER] = (u64)-1;
  attempt(call.command, (int)code, registers);
  return (int)registers[CONNECTION_REGISTER];
}
