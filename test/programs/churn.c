// Healthy processes that come and go all the time, in several workers: some with threads, some whose leader ends first, some that
// are reaped a few ms after their death, some that live on meanwhile. Until it is killed.   churn [WORKERS]
#include "common.h"

enum { KEPT = 8, MOST_WORKERS = 16 };

static void *soon(void *unused)
{
    (void)unused;
    sleep_ms(1);
    return NULL;
}

static void live(unsigned kind)
{
    pthread_t thread;
    switch (kind % 4) {
    case 1:
        sleep_ms(kind % 5);
        break;
    case 2:
        if (pthread_create(&thread, NULL, soon, NULL) == 0)
            pthread_exit(NULL);
        break;
    case 3:
        pthread_create(&thread, NULL, soon, NULL);
        break;
    }
    _exit(0);
}

static void work(void)
{
    pid_t kept[KEPT] = {0};
    for (unsigned step = 0;; step++) {
        pid_t *slot = &kept[step % KEPT];
        if (*slot != 0)
            waitpid(*slot, NULL, 0);
        *slot = fork_tied();
        if (*slot == 0)
            live(step * 2654435761u >> 8);
    }
}

int main(int argc, char **argv)
{
    begin();
    int workers = number(argc, argv, 1, 4);
    pid_t pids[MOST_WORKERS];
    for (int i = 0; i < workers && i < MOST_WORKERS; i++) {
        pids[i] = fork_tied();
        if (pids[i] == 0)
            work();
    }
    say("ready", "\"workers\":[%s]", list(pids, workers));
    rest();
}
