#include "checker/history_checks/history_check.h"

#include <utility>

#include "checker/registry.h"

namespace capsize::checker {

std::span<const HistoryCheck* const> list_history_checks() {
  return Registry<HistoryCheck>::instance().items();
}

const HistoryCheck* find_history_check(std::string_view name) {
  return Registry<HistoryCheck>::instance().find(name);
}

HistoryCheckRegistrar::HistoryCheckRegistrar(HistoryCheck check) {
  Registry<HistoryCheck>::instance().add(std::move(check));
}

}  // namespace capsize::checker
