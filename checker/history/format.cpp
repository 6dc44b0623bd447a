#include "checker/history/format.h"

namespace capsize::checker {

std::vector<const HistoryFormat*> list_formats() {
  return base::Registry<HistoryFormat>::instance().list();
}

const HistoryFormat* find_format(std::string_view name) {
  return base::Registry<HistoryFormat>::instance().find(name);
}

}  // namespace capsize::checker
