/* What a path is, and what may be done with it. */
#ifndef PATHS_H
#define PATHS_H

/* An object of the report, with the path for its key. */
void describe_path(const char *path);

#endif
