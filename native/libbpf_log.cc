// SPDX-License-Identifier: Apache-2.0
#include "libbpf_log.h"

#include <cstdarg>
#include <cstdio>
#include <vector>

#include <bpf/libbpf.h>

namespace {

thread_local LibbpfLog *current = nullptr;

// libbpf has one print function for the whole process; outside a LibbpfLog its messages have no reader and are dropped.
int Print(enum libbpf_print_level level, const char *format, va_list args)
{
    if (current == nullptr || level == LIBBPF_DEBUG) {
        return 0;
    }
    va_list again;
    va_copy(again, args);
    const int length = vsnprintf(nullptr, 0, format, args);
    if (length > 0) {
        std::vector<char> text(static_cast<size_t>(length) + 1);
        vsnprintf(text.data(), text.size(), format, again);
        current->Add(text.data());
    }
    va_end(again);
    return length;
}

} // namespace

LibbpfLog::LibbpfLog()
{
    current = this;
    libbpf_set_print(Print);
}

LibbpfLog::~LibbpfLog() { current = nullptr; }
