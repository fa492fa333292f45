/*
 * The entry of the executor: as `tsrun-init CODE REPORT` it plays a program, as `tsrun-cpu` it writes what identifies the
 * processor, under any other name it is the launcher.
 */
#include "executor.h"
#include "start_image.h"
#include "system_call.h"

START;

#define STDOUT 1

static int is_named(const char *name, const char *expected) {
  for (; *expected != 0; name++, expected++) {
    if (*name != *expected) return 0;
  }
  return *name == 0;
}

static _Noreturn void write_cpu(void) {
  u64 words[CPU_WORDS];
  identify_cpu(words);
  exit_group(CALL3(NR_write, STDOUT, words, sizeof words) != sizeof words);
}

/* A decimal number of a descriptor; -1, which no call accepts, for anything else. */
static int descriptor(const char *text) {
  const int highest = 0x7fffffff;
  int value = 0;
  if (*text == 0) return -1;
  for (; *text != 0; text++) {
    int digit = *text - '0';
    if (digit < 0 || digit > 9 || value > (highest - digit) / 10) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/* Called with what the kernel leaves on the stack: argc, argv and its NULL, envp and its NULL. */
__attribute__((used)) _Noreturn void start(u64 *stack) {
  u64 count = stack[0];
  char **argv = (char **)(stack + 1);
  char **envp = argv + count + 1;
  if (count == 3 && is_named(argv[0], "tsrun-init")) play(descriptor(argv[1]), descriptor(argv[2]));
  if (count == 1 && is_named(argv[0], "tsrun-cpu")) write_cpu();
  launch(argv, envp);
}

/* The compiler may make calls of these out of loops and initialisers. */
__attribute__((used)) void *memset(void *to, int value, unsigned long size) {
  for (volatile u8 *byte = to; size > 0; size--) *byte++ = (u8)value;
  return to;
}

__attribute__((used)) void *memcpy(void *restrict to, const void *restrict from, unsigned long size) {
  volatile u8 *out = to;
  for (const u8 *in = from; size > 0; size--) *out++ = *in++;
  return to;
}
