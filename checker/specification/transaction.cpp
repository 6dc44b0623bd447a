#include "checker/specification/transaction.h"

namespace capsize::checker {
namespace {

std::optional<TransactionStep> step_of(const ValueTable& values, ValueId value) {
  if (values.kind(value) != ValueTable::Kind::kList) return std::nullopt;
  const auto parts = values.as_list(value);
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  if (values.kind(parts[0]) != ValueTable::Kind::kText) return std::nullopt;
  const std::string_view verb = values.as_text(parts[0]);
  const bool is_write = verb == "w" || verb == "write";
  if (!is_write && verb != "r" && verb != "read") return std::nullopt;
  if (is_write && parts.size() != 3) return std::nullopt;
  return TransactionStep{is_write, parts[1], parts.size() == 3 ? parts[2] : kNullValue};
}

}  // namespace

std::optional<std::vector<TransactionStep>> transaction_steps(const ValueTable& values,
                                                              ValueId transaction) {
  if (values.kind(transaction) != ValueTable::Kind::kList) return std::nullopt;
  std::vector<TransactionStep> steps;
  for (const ValueId value : values.as_list(transaction)) {
    const auto step = step_of(values, value);
    if (!step) return std::nullopt;
    steps.push_back(*step);
  }
  return steps;
}

bool has_append(const ValueTable& values, ValueId transaction) {
  for (const ValueId step : values.as_list(transaction)) {
    const auto parts = values.as_list(step);
    if (!parts.empty() && values.as_text(parts[0]) == "append") return true;
  }
  return false;
}

}  // namespace capsize::checker
