/*
 * What a command line says, as far as the launcher understands it: the plain forms of `start`, `state`, `kill` and
 * `delete`, with the global options that engines pass. Everything else is for the engine, which judges and explains.
 * lib/cli/parse.ts, global_options.ts, root.ts and signal.ts have all of it; a test compares the two.
 */
#include "command_line.h"
#include "executor.h"
#include "system_call.h"

#define SIGTERM 15
#define SIGRTMIN 34
#define SIGRTMAX 64
#define SIGNAL_UNKNOWN (-1)
/* More than the one line that tells of every id. */
#define ID_MAP_ROOM 128

static const char DEFAULT_ROOT[] = "/run/tsrun";
static const char USERS_ROOT[] = "tsrun";

/* In the order of their numbers, from 1 on. */
static const char SIGNALS[] =
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU "
    "XFSZ VTALRM PROF WINCH IO PWR SYS ";
/* The numbers of IOT, CLD and POLL. */
static const char OTHER_SIGNALS[] = "IOT CLD POLL ";
static const u8 OTHER_NUMBERS[] = {6, 17, 29};

int equal(const char *left, const char *right) {
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

const char *variable(char **envp, const char *name_and_equals) {
  for (; *envp != 0; envp++) {
    const char *value = behind(*envp, name_and_equals);
    if (value != 0) return value;
  }
  return 0;
}

/* Whether it is one of these words, each of which is followed by a space. */
static int is_one_of(const char *text, const char *words) {
  while (*words != 0) {
    const char *letter = text;
    while (*words != ' ' && *letter == *words) letter++, words++;
    if (*words == ' ' && *letter == 0) return 1;
    while (*words++ != ' ') {
    }
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

/* Whether it is this flag, which it then switches. One with another value than true or false is none that we know. */
static int is_flag(const char *spelled, const char *name, int *on) {
  const char *rest = behind(spelled, name);
  if (rest == 0 || (*rest != 0 && *rest != '=')) return 0;
  *on = *rest == 0 || is_one_of(rest + 1, "true True TRUE t T 1 ");
  return *on || is_one_of(rest + 1, "false False FALSE f F 0 ");
}

/* Read the options before the command. Returns where the command stands, or 0 for what only the engine knows. */
static char **read_globals(char **word, struct call *call) {
  for (; *word != 0; word++) {
    if (equal(*word, "--")) return word + 1;
    const char *spelled = option(*word), *value;
    int on;
    if (spelled == 0) return word;
    if ((value = value_of(spelled, "root", &word)) != 0) {
      call->root = value;
    } else if ((value = value_of(spelled, "log-format", &word)) != 0) {
      if (!is_one_of(value, "json text ")) return 0;
    } else if ((value = value_of(spelled, "log-level", &word)) != 0) {
      /* With debug someone wants to read what the engine does. */
      if (!is_one_of(value, "error warning ")) return 0;
    } else if ((value = value_of(spelled, "log", &word)) != 0) {
      /* A service is for the engine to reach. */
      if (behind(value, "file:") != 0 || behind(value, "journald:") != 0 || behind(value, "syslog:") != 0) return 0;
      call->log = value;
    } else if ((value = value_of(spelled, "rootless", &word)) != 0) {
      if (!is_one_of(value, "true false auto ")) return 0;
      call->rootless = value;
    } else if ((value = value_of(spelled, "cgroup-manager", &word)) != 0) {
      /* It says how cgroups are made, and they are made. */
      if (!is_one_of(value, "cgroupfs systemd disabled ")) return 0;
    } else if (is_flag(spelled, "debug", &on)) {
      if (on) return 0;
    } else if (!is_flag(spelled, "systemd-cgroup", &on)) {
      /* So does that. */
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

/* A decimal number up to that of the highest signal; SIGNAL_UNKNOWN for anything else. */
static i64 small_number(const char *text) {
  i64 number = 0;
  if (*text == 0) return SIGNAL_UNKNOWN;
  for (; *text != 0; text++) {
    if (*text < '0' || *text > '9') return SIGNAL_UNKNOWN;
    number = number * 10 + (*text - '0');
    if (number > SIGRTMAX) return SIGNAL_UNKNOWN;
  }
  return number;
}

static char upper(char letter) { return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter; }

/* What follows `prefix`, which is in capitals, in `text`, which need not be; 0 if it does not begin so. */
static const char *behind_in_any_case(const char *text, const char *prefix) {
  while (*prefix != 0) {
    if (upper(*text++) != *prefix++) return 0;
  }
  return text;
}

/* Which of these names it is, from 0 on; -1 for none. */
static i64 index_of(const char *name, const char *names) {
  for (i64 i = 0; *names != 0; i++) {
    const char *letter = name;
    while (*names != ' ' && upper(*letter) == *names) letter++, names++;
    if (*names == ' ' && *letter == 0) return i;
    while (*names++ != ' ') {
    }
  }
  return -1;
}

/* SIGRTMIN+N or SIGRTMAX-N, from what is left of it. */
static i64 real_time_signal(const char *rest, i64 from, char sign) {
  if (*rest == 0) return from;
  i64 distance = *rest == sign ? small_number(rest + 1) : SIGNAL_UNKNOWN;
  if (distance < 0) return SIGNAL_UNKNOWN;
  i64 number = sign == '+' ? from + distance : from - distance;
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : SIGNAL_UNKNOWN;
}

static i64 signal_number(const char *text) {
  if (*text >= '0' && *text <= '9') return small_number(text);
  const char *name = behind_in_any_case(text, "SIG"), *rest;
  if (name == 0) name = text;
  i64 found = index_of(name, SIGNALS);
  if (found >= 0) return found + 1;
  if ((found = index_of(name, OTHER_SIGNALS)) >= 0) return OTHER_NUMBERS[found];
  if ((rest = behind_in_any_case(name, "RTMIN")) != 0) return real_time_signal(rest, SIGRTMIN, '+');
  if ((rest = behind_in_any_case(name, "RTMAX")) != 0) return real_time_signal(rest, SIGRTMAX, '-');
  return SIGNAL_UNKNOWN;
}

/* Whether the caller's user namespace has every id, as the first one does. */
static int has_every_id(void) {
  char map[ID_MAP_ROOM];
  i64 file = CALL4(NR_openat, AT_FDCWD, "/proc/self/uid_map", O_RDONLY | O_CLOEXEC, 0);
  if (is_error(file)) return 0;
  i64 size = CALL3(NR_read, file, map, sizeof map - 1);
  CALL1(NR_close, file);
  map[size < 0 ? 0 : size] = 0;
  const char *letter = map;
  for (const char *expected = "0 0 4294967295"; *expected != 0; expected++) {
    while (*letter == ' ' && (*expected != ' ' || letter[1] == ' ')) letter++;
    if (*letter++ != *expected) return 0;
  }
  return *letter == '\n' && letter[1] == 0;
}

/* As chooseRoot of lib/cli/root.ts. */
static void choose_root(char **envp, struct call *call) {
  if (call->root != 0) return;
  const char *runtime_directory = variable(envp, "XDG_RUNTIME_DIR=");
  call->root = DEFAULT_ROOT;
  if (runtime_directory == 0 || *runtime_directory == 0) return;
  if (call->rootless != 0 && !equal(call->rootless, "auto")) {
    if (equal(call->rootless, "false")) return;
  } else if (CALL1(NR_geteuid, 0) == 0) {
    const char *user = variable(envp, "USER=");
    if ((user != 0 && equal(user, "root")) || has_every_id()) return;
  }
  call->root = runtime_directory;
  call->below_root = USERS_ROOT;
}

/* Whether the engine and the kernel find the same directory by it: the engine resolves `..` by the text. */
static int is_plain_path(const char *path) {
  for (const char *step = path; *step != 0;) {
    if (step[0] == '.' && step[1] == '.' && (step[2] == 0 || step[2] == '/')) return 0;
    while (*step != 0 && *step++ != '/') {
    }
  }
  return *path != 0;
}

static u32 command_of(const char *name) {
  if (equal(name, "start")) return COMMAND_START;
  if (equal(name, "state")) return COMMAND_STATE;
  if (equal(name, "kill")) return COMMAND_KILL;
  return equal(name, "delete") ? COMMAND_DELETE : 0;
}

/*
 * Whether it is an option that asks for nothing else than the plain command: to delete by force is nothing else where the
 * first process has ended already, and to kill all is where that is switched off.
 */
static int is_plain_option(u32 command, const char *spelled) {
  int on = 0;
  if (command == COMMAND_DELETE) return is_flag(spelled, "force", &on) || is_flag(spelled, "f", &on);
  return command == COMMAND_KILL && (is_flag(spelled, "all", &on) || is_flag(spelled, "a", &on)) && !on;
}

int read_command_line(char **argv, char **envp, struct call *call) {
  char **word = argv[0] == 0 ? 0 : read_globals(argv + 1, call);
  if (word == 0 || *word == 0) return 0;
  call->name = *word++;
  call->command = command_of(call->name);
  if (call->command == 0) return 0;
  /* Someone waits to hear that the service is ready: the engine passes that on. */
  if (call->command == COMMAND_START && variable(envp, "NOTIFY_SOCKET=") != 0) return 0;
  const char *signal = 0;
  int options_end = 0;
  for (; *word != 0; word++) {
    const char *spelled = options_end ? 0 : option(*word);
    if (spelled != 0 && equal(*word, "--")) {
      options_end = 1;
    } else if (spelled != 0) {
      if (!is_plain_option(call->command, spelled)) return 0;
    } else if (call->id == 0) {
      call->id = *word;
    } else if (call->command == COMMAND_KILL && signal == 0) {
      signal = *word;
    } else {
      return 0;
    }
  }
  call->signal = signal == 0 ? SIGTERM : signal_number(signal);
  if (call->signal < 0 || call->id == 0 || !is_id(call->id)) return 0;
  choose_root(envp, call);
  return is_plain_path(call->root);
}
