// A child whose leader thread ends while another thread lives on: /proc shows Z, but the process is alive.
// Its parent does not wait, as it need not yet.   leader-exits-first [MS]: after MS the last thread ends too.
#include "common.h"
#include <sys/mman.h>

static int last_thread_ms;
static long long *died_ms;

static void *last_thread(void *unused)
{
    (void)unused;
    if (last_thread_ms == 0)
        rest();
    sleep_ms(last_thread_ms);
    *died_ms = now_ms();
    return NULL;
}

int main(int argc, char **argv)
{
    begin();
    last_thread_ms = number(argc, argv, 1, 0);
    died_ms = mmap(NULL, sizeof *died_ms, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork_tied();
    if (child == 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, last_thread, NULL) != 0)
            _exit(74);
        pthread_exit(NULL);
    }
    await_state(child, 'Z');
    say("ready", "\"child\":%d", child);
    if (last_thread_ms > 0) {
        await_zombie(child);
        leaked_ms = *died_ms;
        say("died", "\"zombies\":[%d]", child);
    }
    rest();
}
