// A daemon in the classic way: own session, orphaned by its starter.   double-fork leaks|healthy [ROUNDS]
#include "common.h"

int main(int argc, char **argv)
{
    begin();
    int leaks = strcmp(word(argc, argv, 1, "leaks"), "leaks") == 0;
    for (int i = leaks ? 1 : number(argc, argv, 2, 200); i > 0; i--) {
        pid_t middle = fork_tied();
        if (middle == 0) {
            setsid();
            if (fork_loose() != 0)
                _exit(0);
            if (!leaks)
                _exit(0);
            while (getppid() == middle)
                sleep_ms(1);
            pid_t zombies[2];
            leak(zombies, 2);
            say("ready", "\"daemon\":%d,\"zombies\":[%s]", getpid(), list(zombies, 2));
            rest();
        }
        waitpid(middle, NULL, 0);
    }
    if (!leaks)
        say("ready", "");
    rest();
}
