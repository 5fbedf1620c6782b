// Shared by the behaviour programs. Each of them makes one state of the kernel real, says so on stdout in one line
// (`ready {"pid":…}`), and ends by itself, so that nothing outlives a test that dies.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIFETIME_S = 120, LEAKED_EXIT_CODE = 7 };

static pid_t main_pid;      // the program as its starter knows it; kept across fork
static long long leaked_ms; // wall clock just before the first child that nobody will reap was made

static inline long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static inline void begin(void)
{
    main_pid = getpid();
    alarm(LIFETIME_S);
}

static inline void fail(const char *what)
{
    perror(what);
    _exit(70);
}

static inline int number(int argc, char **argv, int index, int fallback)
{
    return argc > index ? atoi(argv[index]) : fallback;
}

static inline const char *word(int argc, char **argv, int index, const char *fallback)
{
    return argc > index ? argv[index] : fallback;
}

static inline void sleep_ms(long ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

static inline void rest(void)
{
    for (;;)
        pause();
}

// One write per line: several processes share the stream.
static inline void say(const char *what, const char *format, ...)
{
    char line[4096];
    int used = snprintf(line, sizeof line, "%s {\"pid\":%d,\"from\":%d,\"atMs\":%lld,\"leakedMs\":%lld", what, main_pid,
                        getpid(), now_ms(), leaked_ms);
    va_list args;
    va_start(args, format);
    if (format[0] != '\0')
        line[used++] = ',';
    used += vsnprintf(line + used, sizeof line - used - 2, format, args);
    va_end(args);
    if (used > (int)sizeof line - 3)
        used = (int)sizeof line - 3;
    used += sprintf(line + used, "}\n");
    if (write(STDOUT_FILENO, line, used) != used)
        _exit(71);
}

// A child that outlives its parent.
static inline pid_t fork_loose(void)
{
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0)
        alarm(LIFETIME_S);
    return pid;
}

// A child that dies with its parent.
static inline pid_t fork_tied(void)
{
    pid_t pid = fork_loose();
    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

// Returns once the child is a zombie of which the whole group is dead; does not reap it.
static inline void await_zombie(pid_t pid)
{
    siginfo_t info;
    while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT | __WALL) != 0) {
        if (errno != EINTR)
            fail("waitid");
    }
}

// Returns once /proc shows the state, for processes that this one cannot wait for.
static inline void await_state(pid_t pid, char state)
{
    char path[64], stat[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    for (int tries = 0; tries < 5000; tries++, sleep_ms(1)) {
        int file = open(path, O_RDONLY);
        if (file < 0)
            fail(path);
        ssize_t size = read(file, stat, sizeof stat - 1);
        close(file);
        if (size <= 0)
            continue;
        stat[size] = '\0';
        char *end = strrchr(stat, ')');
        if (end != NULL && end[2] == state)
            return;
    }
    fail("state never came");
}

static inline void leak_begins(void)
{
    if (leaked_ms == 0)
        leaked_ms = now_ms();
}

static inline void leak(pid_t *zombies, int count)
{
    leak_begins();
    for (int i = 0; i < count; i++) {
        zombies[i] = fork();
        if (zombies[i] < 0)
            fail("fork");
        if (zombies[i] == 0)
            _exit(LEAKED_EXIT_CODE);
    }
    for (int i = 0; i < count; i++)
        await_zombie(zombies[i]);
}

// The first pids as a JSON array's inside; the buffer is static, so one use per say().
static inline const char *list(const pid_t *pids, int count)
{
    static char text[2048];
    int used = 0;
    text[0] = '\0';
    for (int i = 0; i < count && i < 200; i++)
        used += sprintf(text + used, i ? ",%d" : "%d", pids[i]);
    return text;
}
