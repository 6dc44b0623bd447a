// fenced-mutex: an owned mutex whose acquire returns a fence, a whole number that is larger than
// those of all acquisitions before. The fence of an acquire that was not acknowledged is not known.
#include "checker/models/locks.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kName = "fenced-mutex";
constexpr LockRules kRules = {.fenced = true};

Prepared prepare(const History& history) {
  return prepare_owned_lock(history, kRules);
}

const ModelRegistrar kRegistrar(owned_lock(
    kName, "an owned mutex: acquire -> fence, larger than all fences before", kRules, &prepare));

}  // namespace
}  // namespace capsize::checker
