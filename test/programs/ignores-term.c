// A leaking parent that SIGTERM does not end.   ignores-term ignore|block|exec
// exec: on SIGTERM it executes itself again, so pid, start time and zombies stay while the program is another.
#include "common.h"

static char *mode_after_exec[] = {"ignores-term", "ignore", "0", NULL};

static void exec_again(int signal)
{
    (void)signal;
    execv("/proc/self/exe", mode_after_exec);
    _exit(73);
}

int main(int argc, char **argv)
{
    begin();
    const char *mode = word(argc, argv, 1, "ignore");
    int count = number(argc, argv, 2, 1);
    if (strcmp(mode, "ignore") == 0) {
        signal(SIGTERM, SIG_IGN);
    } else if (strcmp(mode, "block") == 0) {
        sigset_t term;
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        sigprocmask(SIG_BLOCK, &term, NULL);
    } else {
        signal(SIGTERM, exec_again);
    }
    pid_t zombies[64];
    leak(zombies, count);
    say(count > 0 ? "ready" : "executed", "\"zombies\":[%s]", list(zombies, count));
    rest();
}
