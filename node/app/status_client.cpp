#include "node/app/status_client.h"

#include <cstdio>

#include "node/app/exit_codes.h"
#include "node/transport/asker.h"

namespace capsize::app {
namespace {

constexpr base::Duration kAnswerWithin = std::chrono::seconds(5);

}  // namespace

int print_status(const std::string& endpoint) {
  const auto answer = transport::ask(endpoint, R"({"op":"status"})", kAnswerWithin);
  if (!answer) return report(kNoAnswer, "no answer from " + endpoint);
  std::printf("%s\n", answer->c_str());
  return kStopped;
}

}  // namespace capsize::app
