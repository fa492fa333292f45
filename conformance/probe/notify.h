/* What a service tells its manager, see sd_notify(3). */
#ifndef NOTIFY_H
#define NOTIFY_H

/* Send TEXT to the socket that NOTIFY_SOCKET names; -1 and errno if that fails. */
long notify(const char *text);

#endif
