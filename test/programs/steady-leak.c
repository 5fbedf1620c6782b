// Leaks one more zombie every 50 ms: a timer that starts again with each new zombie would never ring.
#include "common.h"

int main(void)
{
    begin();
    for (int step = 0;; step++) {
        pid_t zombie;
        leak(&zombie, 1);
        if (step == 0)
            say("ready", "\"zombies\":[%d]", zombie);
        sleep_ms(50);
    }
}
