// A parent that never waits: the plain offender.   never-waits [COUNT] [COMM] [UID]
#include "common.h"

int main(int argc, char **argv)
{
    begin();
    int count = number(argc, argv, 1, 1);
    if (argc > 2)
        prctl(PR_SET_NAME, argv[2]);
    if (argc > 3 && setuid(atoi(argv[3])) != 0)
        fail("setuid");
    pid_t *zombies = calloc(count, sizeof *zombies);
    leak(zombies, count);
    say("ready", "\"count\":%d,\"zombies\":[%s]", count, list(zombies, count));
    rest();
}
