#include "daemon/signals.h"

#include <signal.h>
#include <unistd.h>

static sigset_t stopping(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	return set;
}

void signals_block(void)
{
	sigset_t set = stopping();
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

const char *signals_wait(void)
{
	sigset_t set = stopping();
	int got = 0;
	while (sigwait(&set, &got) != 0)
		continue;
	return got == SIGINT ? "SIGINT" : got == SIGHUP ? "SIGHUP" : "SIGTERM";
}

void signals_stop(void)
{
	kill(getpid(), SIGTERM);
}
