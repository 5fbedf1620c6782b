// SPDX-License-Identifier: Apache-2.0
// The surface that JavaScript sees, described in src/native/addon.ts. Mechanism only: no policy on this side.
#include <napi.h>

#include "kernel_events.h"
#include "probe.h"
#include "process_ref.h"
#include "resident_pages.h"

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports)
{
    exports.Set("KernelEvents", KernelEvents::Define(env));
    exports.Set("ProcessRef", ProcessRef::Define(env));
    exports.Set("probe", Napi::Function::New(env, Probe));
    exports.Set("releaseFilePages", Napi::Function::New(env, ReleaseFilePages));
    return exports;
}

} // namespace

NODE_API_MODULE(reapd, Init)
