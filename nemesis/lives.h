// What the evidence of killed, stopped and restarted nodes must show.
#pragma once

#include "base/json.h"

namespace capsize::nemesis {

/// Whether each node of `begin` ended by this signal (0: by itself, with exit code 0), and is in
/// `end` with a later incarnation.
[[nodiscard]] bool lived_again(const base::Json& begin, const base::Json& end, int signal);

}  // namespace capsize::nemesis
