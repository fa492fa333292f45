/* The entry of the executor: as `tsrun-init CODE REPORT` it plays a program, under any other name it is the launcher. */
#include "executor.h"
#include "system_call.h"

START;

static const char PLAYER[] = "tsrun-init";

static int is_player(const char *name) {
  for (u64 i = 0; i < sizeof PLAYER; i++) {
    if (name[i] != PLAYER[i]) return 0;
  }
  return 1;
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
  if (count == 3 && is_player(argv[0])) play(descriptor(argv[1]), descriptor(argv[2]));
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
