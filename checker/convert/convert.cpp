#include "checker/convert/convert.h"

#include "checker/registry.h"

namespace capsize::checker {

std::span<const HistoryWriter* const> list_writers() {
  return Registry<HistoryWriter>::instance().items();
}

const HistoryWriter* find_writer(std::string_view name) {
  return Registry<HistoryWriter>::instance().find(name);
}

WriterRegistrar::WriterRegistrar(HistoryWriter writer) {
  Registry<HistoryWriter>::instance().add(writer);
}

}  // namespace capsize::checker
