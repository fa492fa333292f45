/* The two modes of the executor. */
#ifndef EXECUTOR_H
#define EXECUTOR_H

/* Play the program in the file `code`; its failure is reported to the descriptor `report`. */
_Noreturn void play(int code, int report);

/* Start the engine with these arguments and the environment without what would steer it. */
_Noreturn void launch(char **argv, char **envp);

#endif
