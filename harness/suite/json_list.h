// Lists in JSON that another program may have written.
#pragma once

#include "base/json.h"

namespace capsize::harness {

/// The list under a key; an empty one if the key is missing. Throws base::JsonTypeError if it is
/// something else: a loop over a number would silently find nothing.
[[nodiscard]] base::Json list_of(const base::Json& object, const char* key);

}  // namespace capsize::harness
