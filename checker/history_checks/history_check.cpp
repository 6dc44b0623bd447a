#include "checker/history_checks/history_check.h"

namespace capsize::checker {

std::vector<const HistoryCheck*> list_history_checks() {
  return base::Registry<HistoryCheck>::instance().list();
}

const HistoryCheck* find_history_check(std::string_view name) {
  return base::Registry<HistoryCheck>::instance().find(name);
}

}  // namespace capsize::checker
