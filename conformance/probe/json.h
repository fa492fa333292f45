/* A writer of JSON to standard output, buffered. KEY is null inside an array. */
#ifndef JSON_H
#define JSON_H

void json_open(const char *key, char bracket);
void json_close(char bracket);
/* VALUE null gives null; bytes outside ASCII are written as \u00XX. */
void json_string(const char *key, const char *value);
void json_number(const char *key, long long value);
/* Write a newline and everything that is still buffered; 0, or 1 when it could not be written. */
int json_flush(void);
/* The same without a newline. */
int json_flushed(void);

#endif
