/*
 * The launcher: what is installed as `tsrun`. Unless a command is carried out by a life cycle program it becomes the
 * engine, by its start image or by starting it. The engine lies at ../lib/tsrun/engine from its own file, so that both can be moved together.
 */
#include "command_line.h"
#include "executor.h"
#include "start_image.h"
#include "system_call.h"

#define PATH_MAX 4096
#define F_GETFD 1
#define STDERR 2
#define STATUS_NO_ENGINE 1

static const char ENGINE[] = "lib/tsrun/engine";
static const char INHERITED[] = "TSRUN_INHERITED_DESCRIPTORS=";
static const char CONNECTION[] = "TSRUN_START_CONNECTION=";

/*
 * What makes the engine quicker; lib/container/caller_environment.ts keeps it from the engine's own children. No thread
 * shall touch pages in advance, of which most stay unused.
 */
static const char NO_WARM_UP[] = "BUN_JSC_useWarmUpMarkedBlocks=0";
#define ADDED_VARIABLES 3

/*
 * How the names of variables begin that would steer the engine and not tsrun, in any mixture of upper and lower case,
 * since some are read that way. All others reach the engine as they are.
 */
static const char *const STEERING[] = {
    "BUN_", /* Bun: its command line, inspector, preloaded modules, caches */
    "NODE_", /* the Node interface: options, preloaded modules, a channel to a parent that is not there */
    "JSC_", /* the JavaScript engine's options, beside BUN_JSC_ */
    "WEBKIT", /* its allocator */
    "WTF_", /* its base library */
    "MIMALLOC_", /* Bun's allocator, which prints to stderr when told to */
    "MALLOC", /* libc's and WebKit's debugging of allocations */
    "ICU_", /* where text and time zone data is loaded from */
    "SIMDUTF_", /* which implementation of UTF-8 is used */
    "UV_", /* sizes of thread pools */
    "LD_", /* the dynamic loader: preloaded and audited libraries, search paths */
    "GLIBC", /* libc's and libstdc++'s tunables */
    "TSRUN_INHERITED_DESCRIPTORS=", /* these are said by the launcher alone */
    "TSRUN_START_CONNECTION=",
    "TSRUN_TAKE_IMAGE=", /* said by what takes the start image */
};

static u64 length(const char *text) {
  u64 n = 0;
  while (text[n] != 0) n++;
  return n;
}

static char upper(char letter) { return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter; }

static int starts_with(const char *text, const char *prefix) {
  while (*prefix != 0) {
    if (upper(*text++) != *prefix++) return 0;
  }
  return 1;
}

static int steers(const char *variable) {
  for (u64 i = 0; i < sizeof STEERING / sizeof *STEERING; i++) {
    if (starts_with(variable, STEERING[i])) return 1;
  }
  return 0;
}

/* Copy the environment without the variables that steer the engine. Returns the end of the copy. */
static char **copy_clean(char **to, char **envp) {
  for (; *envp != 0; envp++) {
    if (!steers(*envp)) *to++ = *envp;
  }
  *to = 0;
  return to;
}

/*
 * How many descriptors from 3 on are open: those that the caller may want to pass on. The engine could not tell them
 * from its own.
 */
static u32 inherited_descriptors(void) {
  u32 fd = 3;
  while (!is_error(CALL2(NR_fcntl, fd, F_GETFD))) fd++;
  return fd - 3;
}

/* Write NAME= and a number. */
static void assign(char *to, const char *name, u32 number) {
  while (*name != 0) *to++ = *name++;
  char digits[10];
  u32 count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0) *to++ = digits[--count];
  *to = 0;
}

/* The length of `path` without its last `count` components, with the slash; 0 if it has fewer. */
static u64 parent(const char *path, u64 end, int count) {
  while (end > 0) {
    if (path[--end] == '/' && --count == 0) return end + 1;
  }
  return 0;
}

static void complain(const char *text) { CALL3(NR_write, STDERR, text, length(text)); }

_Noreturn void launch(char **argv, char **envp) {
  u32 inherited = inherited_descriptors();
  int connection = try_life_cycle(argv, envp);
  char path[PATH_MAX + sizeof ENGINE];
  i64 own = system_call(NR_readlinkat, (u64)AT_FDCWD, (u64) "/proc/self/exe", (u64)path, PATH_MAX, 0, 0);
  u64 prefix = is_error(own) ? 0 : parent(path, (u64)own, 2);
  if (prefix == 0) {
    complain("tsrun: cannot find the engine: /proc/self/exe does not lead to the installed tsrun (is /proc mounted?)\n");
    exit_group(STATUS_NO_ENGINE);
  }
  for (u64 i = 0; i < sizeof ENGINE; i++) path[prefix + i] = ENGINE[i];
  u64 count = 0;
  while (envp[count] != 0) count++;
  char *environment[count + ADDED_VARIABLES + 1];
  char **end = copy_clean(environment, envp);
  char inherited_variable[sizeof INHERITED + 10], connection_variable[sizeof CONNECTION + 10];
  assign(*end++ = inherited_variable, INHERITED, inherited);
  *end++ = (char *)NO_WARM_UP;
  if (connection >= 0) assign(*end++ = connection_variable, CONNECTION, (u32)connection);
  *end = 0;
  resume_engine(path, argv, environment, envp);
  CALL3(NR_execve, path, argv, environment);
  complain("tsrun: cannot start the engine ");
  complain(path);
  complain(": is tsrun installed whole?\n");
  exit_group(STATUS_NO_ENGINE);
}
