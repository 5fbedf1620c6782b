// Children of a parent that ignores SIGCHLD are reaped by the kernel: no zombie ever.
// sigchld-ignored ignore|nocldwait
#include "common.h"

int main(int argc, char **argv)
{
    begin();
    struct sigaction action = {.sa_handler = SIG_IGN};
    if (strcmp(word(argc, argv, 1, "ignore"), "nocldwait") == 0) {
        action.sa_handler = SIG_DFL;
        action.sa_flags = SA_NOCLDWAIT;
    }
    sigaction(SIGCHLD, &action, NULL);
    for (int i = 0; i < 200; i++) {
        if (fork_tied() == 0)
            _exit(0);
    }
    say("ready", "");
    rest();
}
