#include "checker/history/malformed.h"

#include <fmt/core.h>

namespace capsize::checker {

std::string Malformed::message() const {
  const std::string what = base::Mismatch{found, expected}.text();
  if (line == 0) return fmt::format("{}: {}", file, what);
  if (line_is_record) return fmt::format("{}: record {}: {}", file, line, what);
  return fmt::format("{}:{}:{}: {}", file, line, column, what);
}

}  // namespace capsize::checker
