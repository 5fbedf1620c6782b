// A leaker whose name, command line and child's name try to break whoever prints them.   hostile-names VARIANT
#include "common.h"

static char *const names[] = {
    "line\nbreak",
    "\"}],\"x\":\"",
    "\x1b[31mred\x1b]0;t\a",
    "del\x7f"
    "back\\slash",
    "c1\xc2\x9b"
    "31m\xc2\x85",
    "raw\x9b"
    "31m\x85",
    "\xff\xfe\xc3(",
    "a) Z 1 (b",
    "cut-at-fifteen\xe2\x82\xac",
    "\xe2\x80\xa8\xe2\x80\xae"
    "rtl",
    "${x}`id`%s%n",
    "",
};

int main(int argc, char **argv)
{
    const char *variant = getenv("HOSTILE_NAME");
    if (variant == NULL) {
        if (argc < 2 || (unsigned)atoi(argv[1]) >= sizeof names / sizeof *names)
            return 64;
        setenv("HOSTILE_NAME", argv[1], 1);
        char *name = names[atoi(argv[1])];
        char *hostile[] = {name, name, "--threshold=0", NULL};
        execv("/proc/self/exe", hostile);
        fail("execv");
    }
    begin();
    prctl(PR_SET_NAME, names[atoi(variant)]);
    pid_t zombies[2];
    leak(zombies, 2); // a child inherits the name
    say("ready", "\"zombies\":[%s]", list(zombies, 2));
    rest();
}
