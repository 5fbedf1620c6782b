// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>

#include <napi.h>

// Calls JavaScript from the event loop. What it throws becomes an uncaught exception, as from any other callback.
// No C++ exception may get into the loop: so this is plain Node-API, and a call that a dying worker refuses is dropped.
inline void CallFromLoop(napi_env env, napi_ref function, napi_async_context context,
                         std::initializer_list<napi_value> args)
{
    napi_value global = nullptr;
    napi_value callee = nullptr;
    if (napi_get_global(env, &global) != napi_ok || napi_get_reference_value(env, function, &callee) != napi_ok ||
        napi_make_callback(env, context, global, callee, args.size(), args.begin(), nullptr) == napi_ok) {
        return;
    }
    bool thrown = false;
    napi_value error = nullptr;
    if (napi_is_exception_pending(env, &thrown) == napi_ok && thrown &&
        napi_get_and_clear_last_exception(env, &error) == napi_ok) {
        napi_fatal_exception(env, error);
    }
}
