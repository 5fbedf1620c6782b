// Leaks until it is told to end; then does something about it.   repents-on-term waits|leaves [MS]
// waits: reaps everything and lives on. leaves: exits by itself MS after the signal.
#include "common.h"

static volatile sig_atomic_t told;

static void on_term(int signal)
{
    (void)signal;
    told = 1;
}

int main(int argc, char **argv)
{
    begin();
    signal(SIGTERM, on_term);
    pid_t zombies[3];
    leak(zombies, 3);
    sigset_t term, before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &before);
    say("ready", "\"zombies\":[%s]", list(zombies, 3));
    while (!told)
        sigsuspend(&before);
    if (strcmp(word(argc, argv, 1, "waits"), "leaves") == 0) {
        sleep_ms(number(argc, argv, 2, 1000));
        return 0;
    }
    while (wait(NULL) > 0) {
    }
    say("repented", "");
    rest();
}
