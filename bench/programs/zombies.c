// SPDX-License-Identifier: Apache-2.0
// zombies COUNT: children that end and are not reaped while standard input is open. Prints `ready MADE`, which is less
// than COUNT if there are no more pids.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIFETIME_S = 120 };

int main(int argc, char **argv)
{
    if (argc < 2)
        return 64;
    alarm(LIFETIME_S);
    int wanted = atoi(argv[1]);
    int made = 0;
    for (; made < wanted; made++) {
        pid_t pid = fork();
        if (pid < 0)
            break;
        if (pid == 0)
            _exit(0);
        siginfo_t info;
        waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
    }
    printf("ready %d\n", made);
    fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}
