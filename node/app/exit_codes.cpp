#include "node/app/exit_codes.h"

#include <unistd.h>

#include <cstdio>

namespace capsize::app {

int report(ExitCode code, std::string_view message) {
  std::fprintf(stderr, "capsize-node: %.*s\n", static_cast<int>(message.size()), message.data());
  std::fflush(stderr);
  return code;
}

void die(ExitCode code, std::string_view message) {
  ::_exit(report(code, message));
}

}  // namespace capsize::app
