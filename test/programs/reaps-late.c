// Reaps, but late: all children at once, MS after their death.   reaps-late MS [COUNT]
#include "common.h"

int main(int argc, char **argv)
{
    begin();
    int count = number(argc, argv, 2, 1);
    pid_t zombies[64];
    leak(zombies, count);
    say("ready", "\"zombies\":[%s]", list(zombies, count));
    sleep_ms(number(argc, argv, 1, 700));
    for (int i = 0; i < count; i++)
        waitpid(zombies[i], NULL, 0);
    say("reaped", "");
    rest();
}
