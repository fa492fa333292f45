/*
 * Runs one command and tells what it took: measure REPORT-FD MODE PROGRAM [ARG...]
 *
 * MODE is `-`, or `t` to give the command a terminal of its own. To the descriptor go five 64-bit numbers: nanoseconds from
 * its start to its end, microseconds of processor time as user and in the kernel (its own, and of what it waited for), the
 * largest resident set in KiB of any of them, and the status of wait(2).
 *
 * Freestanding: a process's largest resident set counts from that of the process that started it, so this one is tiny.
 */
#include <sys/syscall.h>

#include "../../lib/executor/system_call.h"

#define CLOCK_MONOTONIC 1
#define PR_SET_PDEATHSIG 1
#define SIGCHLD 17
#define SIGKILL 9
#define F_SETFD 2
#define FD_CLOEXEC 1
#define O_RDWR 02
#define TIOCSCTTY 0x540e
#define TIOCSPTLCK 0x40045431
#define TIOCGPTPEER 0x5441
#define NOT_FOUND 127

START;

struct usage {
  u64 user[2], system[2];
  u64 largest, rest[13];
};

static u64 now(void) {
  u64 time[2];
  CALL2(SYS_clock_gettime, CLOCK_MONOTONIC, time);
  return time[0] * 1000000000UL + time[1];
}

/* A new terminal: its master; its other end goes to `slave`. */
static i64 open_terminal(i64 *slave) {
  int locked = 0;
  i64 master = CALL4(SYS_openat, AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
  CALL3(SYS_ioctl, master, TIOCSPTLCK, &locked);
  *slave = CALL3(SYS_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  return master;
}

__attribute__((used)) _Noreturn void start(u64 *stack) {
  u64 count = stack[0];
  char **argv = (char **)(stack + 1), **envp = argv + count + 1;
  if (count < 4) exit_group(NOT_FOUND);
  u64 report = 0;
  for (const char *digit = argv[1]; *digit != 0; digit++) report = report * 10 + (u64)(*digit - '0');
  i64 slave = -1;
  if (argv[2][0] == 't') open_terminal(&slave);
  u64 started = now();
  i64 child = system_call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
  if (child == 0) {
    CALL2(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
    CALL3(SYS_fcntl, report, F_SETFD, FD_CLOEXEC);
    if (slave >= 0) {
      CALL1(SYS_setsid, 0);
      CALL3(SYS_ioctl, slave, TIOCSCTTY, 0);
      for (int fd = 0; fd < 3; fd++) CALL3(SYS_dup3, slave, fd, 0);
    }
    CALL3(SYS_execve, argv[3], argv + 3, envp);
    exit_group(NOT_FOUND);
  }
  int status = 0;
  struct usage usage;
  while (CALL4(SYS_wait4, child, &status, 0, &usage) == -4) {
  }
  u64 said[5] = {now() - started, usage.user[0] * 1000000 + usage.user[1], usage.system[0] * 1000000 + usage.system[1],
                 usage.largest, (u64)status};
  CALL3(SYS_write, report, said, sizeof said);
  exit_group(0);
}
