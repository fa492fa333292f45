/* What a command line says, as far as the launcher understands it. */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include "program.h"

struct call {
  /* The state root; if `below_root` is not 0, that below it. */
  const char *root;
  const char *below_root;
  /* 0 without `--log`, as all that was not said. */
  const char *log;
  const char *rootless;
  /* Its name, and which of COMMAND_... it is. */
  const char *name;
  u32 command;
  const char *id;
  i64 signal;
};

/* Whether it is one of the four commands in its plain form, which is then in `call`. */
int read_command_line(char **argv, char **envp, struct call *call);

int equal(const char *left, const char *right);

/* The value of a variable, 0 without one. */
const char *variable(char **envp, const char *name_and_equals);

#endif
