#include "json.h"

#include <stdio.h>

static int first = 1;

static void text(const char *value)
{
	putchar('"');
	for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
		if (*c == '"' || *c == '\\')
			putchar('\\');
		if (*c < 0x20 || *c >= 0x7f)
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

static void begin(const char *key)
{
	if (!first)
		putchar(',');
	first = 0;
	if (key) {
		text(key);
		putchar(':');
	}
}

void json_open(const char *key, char bracket)
{
	begin(key);
	putchar(bracket);
	first = 1;
}

void json_close(char bracket)
{
	putchar(bracket);
	first = 0;
}

void json_string(const char *key, const char *value)
{
	begin(key);
	if (value)
		text(value);
	else
		fputs("null", stdout);
}

void json_number(const char *key, long long value)
{
	begin(key);
	printf("%lld", value);
}

int json_flush(void)
{
	putchar('\n');
	first = 1;
	return json_flushed();
}

int json_flushed(void)
{
	return fflush(stdout) == 0 ? 0 : 1;
}
