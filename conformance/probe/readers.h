/* Readers of files and links, for the report. */
#ifndef READERS_H
#define READERS_H

#include <sys/types.h>

/* The start of a file, with a NUL byte behind it: its length, or -1 and errno. */
ssize_t read_file(const char *path, char *buffer, size_t size);
/* A file's text without its last newline, as a string of the report. */
void file_text(const char *key, const char *path);
/* Where a link leads, as a string of the report. */
void link_text(const char *key, const char *path);
/* The kind of file that a mode tells, in a word. */
const char *type_of(mode_t mode);

#endif
