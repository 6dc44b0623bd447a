// A custom model: a semaphore with two permits. own_model HISTORY
#include <capsize/checker.h>

#include <iostream>

using capsize::Value;
using State = std::optional<Value>;

// The state is the number of free permits.
const capsize::Model kSemaphore{
    .name = "permits",
    .initial = 2,
    .functions = {
        {"acquire",
         [](const Value& free, const Value&, const auto&) -> State {
           if (free == 0) return std::nullopt;  // cannot succeed in this state
           return free.integer() - 1;
         }},
        {"release",
         [](const Value& free, const Value&, const auto&) -> State { return free.integer() + 1; }},
        {"free",
         [](const Value& free, const Value&, const auto& answered) -> State {
           return answered == free ? State(free) : std::nullopt;
         },
         true},  // read-only
    }};

int main(int argc, char** argv) {
  if (argc != 2) return capsize::exit_code(capsize::Verdict::kUsageError);
  const auto report = capsize::check_file(argv[1], {.own_model = &kSemaphore});
  std::cout << name(report.verdict) << ' ' << report.reason << '\n';
  return capsize::exit_code(report.verdict);
}
