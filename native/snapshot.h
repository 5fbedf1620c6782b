// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

// Appends one reapd_zombie record for every zombie of this pid namespace, read through a task iterator's link.
// 0, or an errno.
int ReadTaskSnapshot(int link_fd, std::vector<uint8_t> &records);
