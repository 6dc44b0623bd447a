// reentrant-mutex: an owned mutex that its owner may acquire again, twice in all or as often as the
// initial value says, and that is free after as many releases.
#include "checker/models/locks.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kName = "reentrant-mutex";
constexpr LockRules kRules = {.reentrant = true};

Prepared prepare(const History& history) {
  return prepare_owned_lock(history, kRules);
}

const ModelRegistrar kRegistrar(
    owned_lock(kName, "an owned mutex that its owner may hold several times (--initial, else 2)",
               kRules, &prepare));

}  // namespace
}  // namespace capsize::checker
