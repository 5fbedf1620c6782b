// SPDX-License-Identifier: Apache-2.0
#include "snapshot.h"

#include <cerrno>
#include <ctime>

#include <unistd.h>

#include <bpf/bpf.h>

int ReadTaskSnapshot(int link_fd, std::vector<uint8_t> &records)
{
    const int fd = bpf_iter_create(link_fd);
    if (fd < 0) {
        return -fd;
    }
    // The program takes this thread's last arrival on a CPU for "now": make it so.
    const timespec moment{.tv_sec = 0, .tv_nsec = 50'000};
    nanosleep(&moment, nullptr);

    constexpr size_t kChunk = 64 * 1024;
    int err = 0;
    for (;;) {
        const size_t used = records.size();
        records.resize(used + kChunk);
        const ssize_t count = read(fd, records.data() + used, kChunk);
        err = count < 0 ? errno : 0;
        records.resize(used + (count > 0 ? static_cast<size_t>(count) : 0));
        if (count == 0 || (count < 0 && err != EAGAIN && err != EINTR)) {
            break;
        }
    }
    close(fd);
    return err;
}
