// reentrant-fenced-mutex: a reentrant mutex with fences: all acquisitions return the same fence
// while the lock is held, and a larger one than ever before once it was free in between.
#include "checker/models/locks.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kName = "reentrant-fenced-mutex";
constexpr LockRules kRules = {.reentrant = true, .fenced = true};

Prepared prepare(const History& history) {
  return prepare_owned_lock(history, kRules);
}

const ModelRegistrar kRegistrar(owned_lock(
    kName, "a reentrant mutex: acquire -> fence, the same while it is held", kRules, &prepare));

}  // namespace
}  // namespace capsize::checker
