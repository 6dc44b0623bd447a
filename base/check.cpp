#include "base/check.h"

#include <unistd.h>

#include <cstdio>

namespace capsize::base {

void check_failed(std::string_view file, int line, std::string_view condition,
                  std::string_view rule) {
  std::fprintf(stderr, "%.*s:%d: broken invariant: %.*s (%.*s)\n", static_cast<int>(file.size()),
               file.data(), line, static_cast<int>(rule.size()), rule.data(),
               static_cast<int>(condition.size()), condition.data());
  std::fflush(stderr);
  // _exit: no destructor may run on a state that is known to be broken.
  ::_exit(kInvariantExit);
}

}  // namespace capsize::base
