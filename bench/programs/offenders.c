// SPDX-License-Identifier: Apache-2.0
// offenders COUNT WINDOW_MS WAIT_MS: that many parents, each of which lets one child die at a random moment of the window, does not
// reap it, and waits for SIGTERM. Prints for each the ns between the child's last instruction and the receipt of SIGTERM, -1 if none
// came, and how many ns late the kernel woke it up for that moment: `PID NS LATE_NS`.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000, NS_PER_MS = 1000000, LIFETIME_S = 60, SEED = 20260101 };

struct offence {
    pid_t parent;
    long long died_ns;
    long long signalled_ns;
    long long late_ns;
};

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (long long)NS_PER_S + now.tv_nsec;
}

static void offend(struct offence *offence, long long at_ns, long wait_ms)
{
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);

    struct timespec when = {at_ns / NS_PER_S, at_ns % NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) != 0) {
    }
    offence->late_ns = now_ns() - at_ns;
    pid_t child = fork();
    if (child == 0) {
        offence->died_ns = now_ns();
        _exit(0);
    }
    struct timespec patience = {wait_ms / 1000, wait_ms % 1000 * NS_PER_MS};
    if (child > 0 && sigtimedwait(&term, NULL, &patience) == SIGTERM)
        offence->signalled_ns = now_ns();
    _exit(0);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 64;
    alarm(LIFETIME_S);
    int count = atoi(argv[1]);
    long window_ms = atol(argv[2]);
    long wait_ms = atol(argv[3]);
    struct offence *offences =
        mmap(NULL, count * sizeof *offences, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (offences == MAP_FAILED)
        return 70;

    prctl(PR_SET_CHILD_SUBREAPER, 1); /* the parents' zombies come here, and are reaped below */
    srandom(SEED);
    long long begin_ns = now_ns() + 200LL * NS_PER_MS;
    for (int i = 0; i < count; i++) {
        long long at_ns = begin_ns + random() % (window_ms * 1000) * 1000LL;
        pid_t pid = fork();
        if (pid < 0)
            return 70;
        if (pid == 0)
            offend(&offences[i], at_ns, wait_ms);
        offences[i].parent = pid;
    }
    while (wait(NULL) > 0) {
    }
    for (int i = 0; i < count; i++)
        printf("%d %lld %lld\n", offences[i].parent,
               offences[i].signalled_ns > 0 ? offences[i].signalled_ns - offences[i].died_ns : -1, offences[i].late_ns);
    return 0;
}
