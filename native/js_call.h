// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>

#include <napi.h>

// Calls JavaScript from the event loop. What it throws becomes an uncaught exception, as from any other callback.
inline void CallFromLoop(Napi::Env env, const Napi::FunctionReference &function, Napi::AsyncContext &context,
                         std::initializer_list<napi_value> args)
{
    try {
        function.MakeCallback(env.Global(), args, context);
    } catch (const Napi::Error &error) {
        napi_fatal_exception(env, error.Value());
    }
}
