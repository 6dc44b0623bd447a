#include "node/app/bugs.h"

#ifdef CAPSIZE_SEEDED_BUGS

#include "base/json.h"

#include "node/bugs/registry.h"

namespace capsize::app {

bool is_known_bug(std::string_view name) {
  return bugs::find_bug(name) != nullptr;
}

std::string list_bugs() {
  std::string lines;
  for (const bugs::BugInfo& bug : bugs::seeded_bugs()) {
    const base::Json line = {{"name", bug.name},     {"what", bug.what},
                             {"rule", bug.rule},     {"exposed-by", bug.exposed_by},
                             {"report", bug.report}, {"seen-in", bug.seen_in}};
    lines += line.dump() + "\n";
  }
  return lines;
}

}  // namespace capsize::app

#else

namespace capsize::app {

bool is_known_bug(std::string_view) {
  return false;
}

std::string list_bugs() {
  return {};
}

}  // namespace capsize::app

#endif
