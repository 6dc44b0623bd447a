// capsize-proxy: parses the options, binds its life to the parent process, prints the ready line
// and runs the proxy until a signal.
#include <sys/signalfd.h>

#include <csignal>
#include <cstdio>
#include <span>

#include "nemesis/proxy/options.h"
#include "node/wire/accept_gate.h"
#include "node/wire/parent.h"

namespace {

// The node's exit codes (node/PROTOCOL.md), as far as they apply here.
constexpr int kBadArguments = 64;
constexpr int kCannotBind = 67;
constexpr int kParentGone = 69;
constexpr int kSystemCallFailed = 71;

/// Returns a descriptor that becomes readable on SIGTERM or SIGINT; negative: error. Must run
/// before any thread starts: threads inherit the signal mask.
int block_and_watch_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) return -1;
  return ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int fail(int code, const char* why) {
  std::fprintf(stderr, "capsize-proxy: %s\n", why);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace capsize;
  const std::span<char* const> arguments(argv, static_cast<std::size_t>(argc));
  if (!wire::bind_to_parent(arguments)) return fail(kParentGone, "the parent process is gone");
  const auto settings = nemesis::proxy::parse_options(arguments);
  if (!settings) return fail(kBadArguments, settings.error().message.c_str());
  if (!settings.value()) return 0;
  if (const auto status = wire::limit_connections(); !status) {
    return fail(kSystemCallFailed, status.error().message.c_str());
  }
  const int signals = block_and_watch_signals();
  if (signals < 0) return fail(kSystemCallFailed, "signalfd failed");
  const auto proxy = nemesis::proxy::Proxy::open(*settings.value());
  if (!proxy) return fail(kCannotBind, proxy.error().message.c_str());
  if (std::puts("{\"ready\":true}") < 0 || std::fflush(stdout) != 0) {
    return fail(kSystemCallFailed, "cannot write to standard output");
  }
  proxy.value()->run(signals);
  return 0;
}
