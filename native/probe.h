// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

// What this kernel offers, read from its own BTF. See KernelProbe in src/native/addon.ts.
Napi::Value Probe(const Napi::CallbackInfo &info);
