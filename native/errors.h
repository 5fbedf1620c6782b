// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <napi.h>

// "EPERM" for 1 (errno(3)).
const char *ErrnoName(int err);

// An Error with `code` (errno name), and where given `step` (what was tried) and `log` (what libbpf and the verifier said).
Napi::Error SystemError(Napi::Env env, int err, const std::string &message, const char *step = nullptr,
                        const std::string &log = {});
