/* The two modes of the executor. */
#ifndef EXECUTOR_H
#define EXECUTOR_H

#include "program.h"

/* Play the program in the file `code`; its failure is reported to the descriptor `report`. */
_Noreturn void play(int code, int report);

/* The commands that have life cycle programs. */
#define COMMAND_START 1U
#define COMMAND_STATE 2U
#define COMMAND_KILL 4U
#define COMMAND_DELETE 8U
#define EVERY_COMMAND 15U

/*
 * Play the life cycle program of this command in the file `code` with these registers. Returns if it is refused, or gives up; it has
 * changed nothing then that the engine would not find and go on with.
 */
void attempt(u32 command, int code, u64 *registers);

/*
 * Carry out a command on a container by its life cycle program, if there is one. Returns if there is not, or it has given
 * up: the connection to a started process then, for the engine to hear, or -1.
 */
int try_life_cycle(char **argv, char **envp);

/*
 * Carry out the command by a life cycle program, or start the engine with these arguments and the environment without
 * what would steer it.
 */
_Noreturn void launch(char **argv, char **envp);

#endif
