// owned-mutex: a lock that only the owner who acquired it may release (locks.h defines the owner).
#include "checker/models/locks.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kName = "owned-mutex";
constexpr LockRules kRules = {};

Prepared prepare(const History& history) {
  return prepare_owned_lock(history, kRules);
}

const ModelRegistrar kRegistrar(owned_lock(
    kName, "a lock that only its owner may release: acquire, release", kRules, &prepare));

}  // namespace
}  // namespace capsize::checker
