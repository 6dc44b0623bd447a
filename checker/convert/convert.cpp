#include "checker/convert/convert.h"

namespace capsize::checker {

std::vector<const HistoryWriter*> list_writers() {
  return base::Registry<HistoryWriter>::instance().list();
}

const HistoryWriter* find_writer(std::string_view name) {
  return base::Registry<HistoryWriter>::instance().find(name);
}

}  // namespace capsize::checker
