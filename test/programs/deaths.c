// Children that die in the given ways, GAP_MS apart, and are not reaped. Tells of each between which two moments it died
// (CLOCK_MONOTONIC, in microseconds).   deaths GAP_MS WAY[:NUMBER]…
// exit:CODE              _exit, the plain way
// signal:NUMBER          a signal that it sends to itself
// hog:MS                 computes for MS without ever sleeping, then exits
// realtime:MS            as SCHED_FIFO, computes for MS, sleeps a moment, then exits
// thread-exits:CODE      a thread ends the whole group by exit_group(), the leader sleeps
// thread-killed:NUMBER   a signal to a group whose leader sleeps, sent by a thread of it
// leader-left:MS         the leader ends first, the last thread MS later
#include "common.h"
#include <sched.h>
#include <sys/mman.h>

enum { MOST = 64 };
static volatile long long *earliest_us; // written by whoever brings death about, just before

static long long clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void compute(int ms)
{
    for (long long end = clock_us() + ms * 1000LL; clock_us() < end;) {
    }
}

static void die(int code)
{
    *earliest_us = clock_us();
    _exit(code);
}

static void *thread_exits(void *code)
{
    sleep_ms(20);
    die((int)(long)code);
    return NULL;
}

static void *thread_kills(void *number)
{
    sleep_ms(20);
    *earliest_us = clock_us();
    kill(getpid(), (int)(long)number);
    rest();
    return NULL;
}

static void *last_thread(void *ms)
{
    sleep_ms((long)ms);
    *earliest_us = clock_us();
    return NULL;
}

static void with_thread(void *(*run)(void *), int number)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, (void *)(long)number) != 0)
        fail("pthread_create");
}

static void child(const char *way, int number)
{
    if (strcmp(way, "exit") == 0) {
        die(number);
    } else if (strcmp(way, "signal") == 0) {
        *earliest_us = clock_us();
        raise(number);
    } else if (strcmp(way, "hog") == 0) {
        compute(number);
        die(0);
    } else if (strcmp(way, "realtime") == 0) {
        struct sched_param priority = {.sched_priority = 1};
        if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
            fail("sched_setscheduler");
        compute(number);
        sleep_ms(10);
        die(0);
    } else if (strcmp(way, "thread-exits") == 0) {
        with_thread(thread_exits, number);
    } else if (strcmp(way, "thread-killed") == 0) {
        with_thread(thread_kills, number);
    } else if (strcmp(way, "leader-left") == 0) {
        with_thread(last_thread, number);
        syscall(SYS_exit, 0); // pthread_exit() without unwinding
    } else {
        fail(way);
    }
    rest();
}

int main(int argc, char **argv)
{
    begin();
    earliest_us = mmap(NULL, sizeof *earliest_us, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int gap_ms = number(argc, argv, 1, 0);
    char text[3072] = "";
    int used = 0;
    leak_begins();
    for (int i = 2; i < argc && i < MOST; i++) {
        if (i > 2)
            sleep_ms(gap_ms);
        char *colon = strchr(argv[i], ':');
        int value = colon != NULL ? atoi(colon + 1) : 0;
        if (colon != NULL)
            *colon = '\0';
        pid_t pid = fork_loose();
        if (pid < 0)
            fail("fork");
        if (pid == 0)
            child(argv[i], value);
        await_zombie(pid);
        used += snprintf(text + used, sizeof text - used, "%s{\"pid\":%d,\"earliestUs\":%lld,\"latestUs\":%lld}",
                         used ? "," : "", pid, *earliest_us, clock_us());
    }
    say("ready", "\"deaths\":[%s]", text);
    rest();
}
