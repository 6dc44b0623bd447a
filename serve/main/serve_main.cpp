// capsize-serve STORE PORT: the process of `capsize serve` (harness/cli/serve.cpp), which has the
// command line and its help. A binary of its own, so that building Capsize for a run does not pay
// for HTTP and the pages.
#include <fmt/core.h>
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <variant>

#include "base/command_line.h"
#include "base/printable.h"
#include "checker/core/verdict.h"
#include "harness/store/beneath.h"
#include "serve/gate/gate.h"
#include "serve/http_server.h"
#include "serve/site.h"
#include "serve/token_file.h"

namespace capsize::serve {
namespace {

int fail(const std::string& message, checker::Verdict verdict) {
  std::fputs(("capsize: " + base::printable(message) + "\n").c_str(), stderr);
  return checker::exit_code(verdict);
}

int serve(const std::string& store_path, std::uint16_t port) {
  auto store = harness::OpenDirectory::open(store_path);
  if (!store) return fail(store.error().message, checker::Verdict::kUsageError);
  auto server = HttpServer::listen(port);
  if (!server) return fail(server.error().message, checker::Verdict::kHarnessError);
  const Gate gate(server.value().port(), random_secret(), random_secret());
  const auto token = TokenFile::create(store_path, server.value().port(), gate.address());
  if (!token) return fail(token.error().message, checker::Verdict::kHarnessError);
  fmt::print("serving {}; open this address, which lets a browser in:\n{}\n",
             base::printable(store_path), gate.address());
  fmt::print("The address is also in {} until the server ends (Ctrl-C).\n",
             base::printable(token.value().path().string()));
  std::fflush(stdout);
  Site site(std::move(store).value(), store_path, gate);
  server.value().run([&site](const Request& request) { return site.answer(request); });
  return 0;
}

}  // namespace
}  // namespace capsize::serve

int main(int argc, char** argv) {
  using namespace capsize;
  std::signal(SIGPIPE, SIG_IGN);
  // No core dump and no debugger of another process: its memory has the secrets.
  ::prctl(PR_SET_DUMPABLE, 0);
  std::string store;
  std::uint32_t port = 0;
  base::CommandLine line("capsize-serve", "The process of `capsize serve`, which has the help.");
  line.option("store", store, "directory of runs").required().type_name("STORE");
  line.option("port", port, "port of 127.0.0.1; 0: any free one").required().range(0, 65535);
  const auto outcome = line.parse({argv, static_cast<std::size_t>(argc)});
  if (const auto* print = std::get_if<base::CommandLine::Print>(&outcome)) {
    fmt::print("{}", print->text);
    return 0;
  }
  if (const auto* failure = std::get_if<base::CommandLine::Failure>(&outcome)) {
    return serve::fail(failure->message, checker::Verdict::kUsageError);
  }
  return serve::serve(store, static_cast<std::uint16_t>(port));
}
