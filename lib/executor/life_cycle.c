/*
 * The fast path of `start`, `state`, `kill` and `delete`: when a container was created, the engine has written a program
 * for each of them into the container's directory, which is played here without an engine. Everything but the plain
 * forms of these commands is left to the engine; so is everything that a program gives up.
 *
 * lib/container/life_cycle_programs.ts says for which containers there are programs.
 */
#include "executor.h"
#include "system_call.h"

#define AT_FDCWD (-100)
#define O_RDONLY 0
#define O_WRONLY 01
#define O_CREAT 0100
#define O_APPEND 02000
#define O_CLOEXEC 02000000
#define O_PATH 010000000
#define LOG_MODE 0644
#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define WRITABLE_BY_OTHERS 0022
#define SIGTERM 15
#define HIGHEST_SIGNAL 64
#define LONGEST_PROGRAM_NAME 16

static const char DEFAULT_ROOT[] = "/run/tsrun";

/* In the order of their numbers, from 1 on. lib/cli/signal.ts has the other spellings. */
static const char SIGNALS[] =
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU "
    "XFSZ VTALRM PROF WINCH IO PWR SYS ";

/* What a command line says. */
struct call {
  const char *root;
  const char *log;
  const char *command;
  const char *id;
  u64 signal;
};

static int equal(const char *left, const char *right) {
  while (*left != 0 && *left == *right) left++, right++;
  return *left == *right;
}

/* What follows `prefix` in `text`; 0 if it does not begin so. */
static const char *behind(const char *text, const char *prefix) {
  while (*prefix != 0) {
    if (*text++ != *prefix++) return 0;
  }
  return text;
}

/* The value of a variable, 0 without one. */
static const char *variable(char **envp, const char *name_and_equals) {
  for (; *envp != 0; envp++) {
    const char *value = behind(*envp, name_and_equals);
    if (value != 0) return value;
  }
  return 0;
}

/* The rest of an option behind its one or two dashes; 0 for a word that is no option. */
static const char *option(const char *word) {
  if (word[0] != '-' || word[1] == 0) return 0;
  return word[1] == '-' ? word + 2 : word + 1;
}

/*
 * The value of this option, behind `=` or in the next word, which is skipped then. Returns 0 if it is another option.
 */
static const char *value_of(const char *spelled, const char *name, char ***word) {
  const char *rest = behind(spelled, name);
  if (rest == 0) return 0;
  if (*rest == '=') return rest + 1;
  if (*rest != 0) return 0;
  const char *next = (*word)[1];
  if (next != 0) *word += 1;
  return next;
}

/* Read the options before the command. Returns where the command stands, or 0 for what only the engine knows. */
static char **read_globals(char **word, struct call *call) {
  for (; *word != 0; word++) {
    const char *spelled = option(*word), *value;
    if (spelled == 0) return word;
    if ((value = value_of(spelled, "root", &word)) != 0) {
      call->root = value;
    } else if ((value = value_of(spelled, "log-format", &word)) != 0) {
      if (!equal(value, "json") && !equal(value, "text")) return 0;
    } else if ((value = value_of(spelled, "log", &word)) != 0) {
      call->log = value;
    } else if (!equal(spelled, "systemd-cgroup")) {
      return 0;
    }
  }
  return 0;
}

static int is_letter_of_id(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '_' || letter == '+' || letter == '.' || letter == '-';
}

static int is_id(const char *text) {
  if (*text == 0 || equal(text, ".") || equal(text, "..")) return 0;
  for (; *text != 0; text++) {
    if (!is_letter_of_id(*text)) return 0;
  }
  return 1;
}

/* The number of a signal, `9`, `KILL` or `SIGKILL`; 0 for every other spelling. */
static u64 signal_number(const char *text) {
  u64 number = 0;
  if (*text >= '1' && *text <= '9') {
    for (; *text >= '0' && *text <= '9' && number <= HIGHEST_SIGNAL; text++) number = number * 10 + (u64)(*text - '0');
    return *text == 0 && number <= HIGHEST_SIGNAL ? number : 0;
  }
  const char *name = behind(text, "SIG");
  if (name == 0) name = text;
  const char *listed = SIGNALS;
  for (number = 1; *listed != 0; number++) {
    const char *letter = name;
    while (*listed != ' ' && *letter == *listed) letter++, listed++;
    if (*listed == ' ' && *letter == 0) return number;
    while (*listed++ != ' ');
  }
  return 0;
}

/* Whether it is one of the four commands in its plain form. */
static int recognise(char **argv, char **envp, struct call *call) {
  char **word = argv[0] == 0 ? 0 : read_globals(argv + 1, call);
  if (word == 0) return 0;
  call->command = *word++;
  int is_kill = equal(call->command, "kill"), is_delete = equal(call->command, "delete");
  int is_start = equal(call->command, "start");
  if (!is_kill && !is_delete && !is_start && !equal(call->command, "state")) return 0;
  /* Someone waits to hear that the service is ready: the engine passes that on. */
  if (is_start && variable(envp, "NOTIFY_SOCKET=") != 0) return 0;
  for (; *word != 0; word++) {
    const char *spelled = option(*word);
    if (spelled != 0) {
      /* A container without its first process is deleted alike. */
      if (!is_delete || !(equal(spelled, "force") || equal(*word, "-f"))) return 0;
    } else if (call->id == 0) {
      call->id = *word;
    } else {
      if (!is_kill || call->signal != 0) return 0;
      if ((call->signal = signal_number(*word)) == 0) return 0;
    }
  }
  if (call->signal == 0) call->signal = SIGTERM;
  if (call->id == 0 || !is_id(call->id)) return 0;
  if (call->root == 0) {
    /* Where it lies without that is for the engine to say. */
    if (CALL1(NR_geteuid, 0) != 0 || variable(envp, "XDG_RUNTIME_DIR=") != 0) return 0;
    call->root = DEFAULT_ROOT;
  }
  return *call->root != 0;
}

/* Whether it is of this type, ours, and for nobody else to write. */
static int is_trusted(i64 descriptor, u32 type) {
  u32 stat[64];
  if (is_error(CALL2(NR_fstat, descriptor, stat))) return 0;
  u32 mode = stat[STAT_MODE_OFFSET / sizeof *stat];
  return stat[STAT_UID_OFFSET / sizeof *stat] == (u32)CALL1(NR_geteuid, 0) && (mode & S_IFMT) == type &&
         (mode & WRITABLE_BY_OTHERS) == 0;
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

int try_life_cycle(char **argv, char **envp) {
  struct call call = {0, 0, 0, 0, 0};
  const char *switched = variable(envp, "TSRUN_FAST=");
  if ((switched != 0 && equal(switched, "0")) || !recognise(argv, envp, &call)) return -1;
  i64 root = CALL3(NR_openat, AT_FDCWD, call.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (is_error(root)) return -1;
  i64 directory = CALL3(NR_openat, root, call.id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (is_error(directory) || !is_trusted(directory, S_IFDIR)) return -1;
  char name[LONGEST_PROGRAM_NAME];
  append(append(name, call.command), ".program");
  i64 code = CALL3(NR_openat, directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (is_error(code) || !is_trusted(code, S_IFREG) || (call.log != 0 && !make_log(call.log))) return -1;
  u64 registers[REGISTER_COUNT] = {0};
  registers[REPORT_REGISTER] = (u64)-1;
  registers[DIRECTORY_REGISTER] = (u64)directory;
  registers[ROOT_REGISTER] = (u64)root;
  registers[SIGNAL_REGISTER] = call.signal;
  registers[CONNECTION_REGISTER] = (u64)-1;
  attempt((int)code, registers);
  return (int)registers[CONNECTION_REGISTER];
}
