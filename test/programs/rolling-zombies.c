// Always has a zombie, but never an old one: each is reaped 500 ms after its death. Whoever times the parent
// ("has had zombies for a second") instead of the oldest zombie will blame it wrongly.
#include "common.h"

enum { STEP_MS = 100, KEPT = 5 };

int main(void)
{
    begin();
    pid_t kept[KEPT] = {0};
    for (int step = 0;; step++) {
        pid_t *slot = &kept[step % KEPT];
        if (*slot != 0)
            waitpid(*slot, NULL, 0);
        *slot = fork_tied();
        if (*slot == 0)
            _exit(0);
        if (step == 0)
            say("ready", "");
        if (step == 30)
            say("rolled", "");
        sleep_ms(STEP_MS);
    }
}
