// SPDX-License-Identifier: Apache-2.0
#include "resident_pages.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>

#include <sys/mman.h>

namespace {

struct Mapping {
    uintptr_t start = 0;
    uintptr_t end = 0;
    bool from_file = false; // private, not writable, backed by a file
};

bool ParseHeader(const char *line, Mapping &mapping)
{
    char permissions[5] = {};
    unsigned long inode = 0;
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*x:%*x %lu", &mapping.start, &mapping.end, permissions,
               &inode) != 4) {
        return false;
    }
    mapping.from_file = inode != 0 && permissions[0] == 'r' && permissions[1] == '-' && permissions[3] == 'p';
    return true;
}

} // namespace

// Only mappings without a single page of their own ("Anonymous: 0 kB" in proc_pid_smaps(5)): relocated data is read-only by now, but
// exists nowhere else. What is given back stays in the page cache and is mapped again when it is used.
Napi::Value ReleaseFilePages(const Napi::CallbackInfo &info)
{
    double released = 0;
    FILE *smaps = fopen("/proc/self/smaps", "re");
    if (smaps != nullptr) {
        char line[4096];
        Mapping mapping;
        unsigned long anonymous_kb = 0;
        while (fgets(line, sizeof(line), smaps) != nullptr) {
            Mapping next;
            if (ParseHeader(line, next)) {
                mapping = next;
            } else if (mapping.from_file && sscanf(line, "Anonymous: %lu kB", &anonymous_kb) == 1 &&
                       anonymous_kb == 0 &&
                       madvise(reinterpret_cast<void *>(mapping.start), mapping.end - mapping.start, MADV_DONTNEED) ==
                           0) {
                released += static_cast<double>(mapping.end - mapping.start);
            }
        }
        fclose(smaps);
    }
    return Napi::Number::New(info.Env(), released);
}
