// capsize serve: the runs of a store in a browser.
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "checker/core/verdict.h"
#include "harness/cli/binaries.h"
#include "harness/cli/verb.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

class Serve final : public Verb {
 public:
  std::string_view name() const override { return "serve"; }
  std::string_view summary() const override {
    return "Shows the runs and suites of a store in a browser, also a run in progress";
  }
  std::string_view examples() const override {
    return "Prints an address with a token. A browser that opens it may read the store.\n"
           "The address is also in STORE/.serve-PORT (mode 0600) until the server ends (Ctrl-C).\n"
           "The server listens on 127.0.0.1 only and changes nothing. docs/SERVE.md has the "
           "rest.\n\n"
           "Examples:\n"
           "  capsize serve                            the store of this directory, any free port\n"
           "  capsize serve --store /var/tmp/runs --port 8080\n"
           "  ssh -L 8080:127.0.0.1:8080 HOST          then open the address here\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("--store", store_, "directory of runs").show_default();
    line.option("--port", port_, "port of 127.0.0.1; 0: any free one")
        .range(0, 65535)
        .show_default();
  }

  int run() override {
    std::error_code error;
    if (!std::filesystem::is_directory(store_, error)) {
      return usage_error(fmt::format("{}: found no directory, expected a store of runs", store_));
    }
    std::string program = (binary_directory() / "capsize-serve").string();
    std::string port = std::to_string(port_);
    char* const arguments[] = {program.data(), store_.data(), port.data(), nullptr};
    ::execv(program.c_str(), arguments);
    usage_error(fmt::format("{}: {}; `scripts/build release capsize-serve` builds it", program,
                            std::strerror(errno)));
    return checker::exit_code(checker::Verdict::kHarnessError);
  }

 private:
  std::string store_ = kStoreDefault;
  std::uint64_t port_ = 0;
};

const base::Registered<Verb, Serve> registered;

}  // namespace
}  // namespace capsize::harness
