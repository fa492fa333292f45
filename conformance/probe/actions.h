/* What the probe does when it is told to, see actions.c. */
#ifndef ACTIONS_H
#define ACTIONS_H

/* Carry out the actions that the COUNT WORDS tell; the exit status. */
int carry_out(int count, char **words);
/* What the process sees, as one JSON object; the PATHS are described. In probe.c. */
int report(int argc, char **argv, int count, char **paths);

#endif
