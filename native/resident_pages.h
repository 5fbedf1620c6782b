// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

// Gives back the pages of the executable and its libraries that only start-up needed. See releaseStartupPages in src/native/addon.ts.
Napi::Value ReleaseStartupPages(const Napi::CallbackInfo &info);
