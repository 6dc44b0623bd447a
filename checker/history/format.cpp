#include "checker/history/format.h"

#include "checker/registry.h"

namespace capsize::checker {

std::span<const HistoryFormat* const> list_formats() {
  return Registry<HistoryFormat>::instance().items();
}

const HistoryFormat* find_format(std::string_view name) {
  return Registry<HistoryFormat>::instance().find(name);
}

FormatRegistrar::FormatRegistrar(HistoryFormat format) {
  Registry<HistoryFormat>::instance().add(format);
}

}  // namespace capsize::checker
