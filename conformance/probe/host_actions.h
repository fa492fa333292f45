/* What the probe does on the host's side, see host_actions.c. WORDS are null behind the last. */
#ifndef HOST_ACTIONS_H
#define HOST_ACTIONS_H

/* hook NAME FILE [STATUS]: append what a hook is told and sees to FILE, and exit. */
int hook(char **words, int argc, char **argv);
/* terminal SOCKET: take a terminal from the runtime, and print what is written to it. */
int terminal_at(char **words);
/* listen SOCKET ERRNO: be a seccomp agent that answers every call with ERRNO. */
int listen_at(char **words);

#endif
