// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// What libbpf says while this object lives, instead of on stderr. One per thread at a time.
class LibbpfLog {
  public:
    LibbpfLog();
    ~LibbpfLog();
    LibbpfLog(const LibbpfLog &) = delete;
    LibbpfLog &operator=(const LibbpfLog &) = delete;

    const std::string &Text() const { return text_; }
    void Add(const char *message) { text_ += message; }

  private:
    std::string text_;
};
