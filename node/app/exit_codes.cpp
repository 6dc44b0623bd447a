#include "node/app/exit_codes.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ctime>

namespace capsize::app {
namespace {

// The client that received the reply normally sends SIGKILL itself, before this time is over.
constexpr timespec kLastMoment{0, 200'000'000};

}  // namespace

int report(ExitCode code, std::string_view message) {
  std::fprintf(stderr, "capsize-node: %.*s\n", static_cast<int>(message.size()), message.data());
  std::fflush(stderr);
  return code;
}

void die(ExitCode code, std::string_view message) {
  ::_exit(report(code, message));
}

void crash() {
  ::nanosleep(&kLastMoment, nullptr);
  while (true) ::kill(::getpid(), SIGKILL);
}

}  // namespace capsize::app
