// bank: an account is the list of the amounts that were moved to it and from it, a transfer appends
// to two accounts in one transaction. Whoever reads all accounts of a bank in one transaction must
// therefore find amounts that add up to nothing, however many transfers are under way.
//
// By convention a transaction that only reads, reads all accounts of one bank. O(size of what was
// read).
//
// It sees transactions that are carried out in part or read in part. It does not see a transfer
// that is lost as a whole, carried out twice as a whole, or read too late.
#include <fmt/core.h>

#include "checker/explain/explain.h"
#include "checker/history_checks/history_check.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kOperationsBetweenLooks = 1024;

struct Sum {
  enum class Kind { kTotal, kNotARead, kMalformed } kind = Kind::kTotal;
  std::int64_t total = 0;
};

/// False: neither null nor an array of whole numbers.
bool add_balance(const ValueTable& values, ValueId account, std::int64_t& total) {
  if (account == kNullValue) return true;
  if (values.kind(account) != ValueTable::Kind::kList) return false;
  for (const ValueId amount : values.as_list(account)) {
    if (values.kind(amount) != ValueTable::Kind::kInteger) return false;
    // Wraps instead of overflowing: hostile amounts may then look right, and nothing else happens.
    total = static_cast<std::int64_t>(static_cast<std::uint64_t>(total) +
                                      static_cast<std::uint64_t>(values.as_integer(amount)));
  }
  return true;
}

Sum sum_of(const ValueTable& values, ValueId steps) {
  Sum sum;
  if (values.kind(steps) != ValueTable::Kind::kList) return {Sum::Kind::kMalformed};
  for (const ValueId step : values.as_list(steps)) {
    if (values.kind(step) != ValueTable::Kind::kList) return {Sum::Kind::kMalformed};
    const auto parts = values.as_list(step);
    if (parts.size() != 3 || values.kind(parts[0]) != ValueTable::Kind::kText) {
      return {Sum::Kind::kMalformed};
    }
    if (values.as_text(parts[0]) != "r") return {Sum::Kind::kNotARead};
    if (!add_balance(values, parts[2], sum.total)) return {Sum::Kind::kMalformed};
  }
  return sum;
}

void run(const History& history, const Budget& budget, Report& report) {
  report.verdict = Verdict::kValid;
  ++report.algorithms["totals"];
  std::uint64_t judged = 0;
  for (const Operation& operation : history.operations) {
    if (judged++ % kOperationsBetweenLooks == 0 && budget.time_is_up()) {
      if (report.violations.empty()) report.verdict = Verdict::kUnknown;
      report.reason = fmt::format("the time bound ended the check after {} of {} operations",
                                  judged - 1, history.operations.size());
      break;
    }
    if (operation.outcome != Outcome::kOk) continue;
    const Sum sum = sum_of(history.values, operation.result);
    if (sum.kind == Sum::Kind::kMalformed) {
      report.verdict = Verdict::kUsageError;
      report.malformed = {
          history.file, 0, 0,
          fmt::format("txn with {} at index {}", excerpt(history.values.json(operation.result)),
                      history.index_of(operation.invoke)),
          "steps [\"r\", account, amounts] or [\"append\", account, amount]"};
      report.reason = report.malformed->message();
      return;
    }
    if (sum.kind == Sum::Kind::kNotARead || sum.total == 0) continue;
    report.verdict = Verdict::kInvalid;
    if (report.violations.size() == kViolationsMax) continue;
    Violation violation;
    violation.sentence = fmt::format(
        "a read of all accounts by process {} found a total of {}, but transfers move money, and "
        "neither make nor lose any",
        excerpt(history.process_text(operation.process)), sum.total);
    violation.operations.push_back(view(history, operation));
    report.violations.push_back(std::move(violation));
  }
  report.violating_keys = report.violations.empty() ? 0 : 1;
  if (!report.violations.empty()) report.reason = report.violations.front().sentence;
}

const HistoryCheckRegistrar kRegistrar({
    .name = "bank",
    .summary = "transfers are atomic: each read of all accounts adds up to nothing",
    .functions = {"txn"},
    .run = &run,
});

}  // namespace
}  // namespace capsize::checker
