#include "nemesis/only.h"

#include "nemesis/filter/filter.h"

namespace capsize::nemesis {

base::Status check_only(const base::Json& only) {
  const auto filter = parse_filter(only);
  return filter ? base::Status() : base::Status(filter.error());
}

}  // namespace capsize::nemesis
