// SPDX-License-Identifier: Apache-2.0
#include "errors.h"

#include <cstring>

const char *ErrnoName(int err)
{
    const char *name = strerrorname_np(err);
    return name != nullptr ? name : "EUNKNOWN";
}

Napi::Error SystemError(Napi::Env env, int err, const std::string &message, const char *step, const std::string &log)
{
    Napi::Error error = Napi::Error::New(env, message + ": " + strerror(err));
    error.Set("code", Napi::String::New(env, ErrnoName(err)));
    if (step != nullptr) {
        error.Set("step", Napi::String::New(env, step));
        error.Set("log", Napi::String::New(env, log));
    }
    return error;
}
