// bank: transfers move money and neither make nor lose any, so every read of all accounts finds the
// same total, however many transfers are under way. There are two forms of it.
//
// Jepsen's: `transfer` {from, to, amount}, and `read` -> {account: balance, ...} or an array of
// balances. The total is the history's initial value (--initial 100), or else that of the first
// acknowledged read. An account without a balance (null) is a violation, as it is for Jepsen.
//
// As transactions on lists: an account is the list of the amounts that were moved to it and from
// it, and a transfer appends to two accounts in one txn. A txn that only reads, reads all accounts
// of one bank; its total is 0.
//
// O(size of what was read).
//
// It sees transfers that are carried out in part or read in part. It does not see a transfer that
// is lost as a whole, carried out twice as a whole, refused though there was money, or read too
// late; nor, without an initial value, a total that was wrong from the first read on. Negative
// balances are not judged: the history does not say whether the bank allows them.
#include <fmt/core.h>

#include "checker/history_checks/history_check.h"
#include "checker/report/operation_view.h"
#include "checker/specification/map_value.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kOperationsPerBudgetCheck = 1024;
constexpr std::string_view kSteps =
    R"(steps ["r", account, amounts] or ["append", account, amount])";
constexpr std::string_view kBalances =
    "a map of accounts and balances, or an array of balances, all of them whole numbers";

struct Sum {
  enum class Kind { kTotal, kMissingBalance, kNotARead, kMalformed } kind = Kind::kTotal;
  std::int64_t total = 0;
};

/// False: not a whole number. Wraps instead of overflowing: hostile amounts may then seem right,
/// and nothing else happens.
bool add_amount(const ValueTable& values, ValueId amount, std::int64_t& total) {
  if (values.kind(amount) != ValueTable::Kind::kInteger) return false;
  total = static_cast<std::int64_t>(static_cast<std::uint64_t>(total) +
                                    static_cast<std::uint64_t>(values.as_integer(amount)));
  return true;
}

/// False: neither null nor an array of whole numbers.
bool add_amounts(const ValueTable& values, ValueId account, std::int64_t& total) {
  if (account == kNullValue) return true;
  if (values.kind(account) != ValueTable::Kind::kList) return false;
  for (const ValueId amount : values.as_list(account)) {
    if (!add_amount(values, amount, total)) return false;
  }
  return true;
}

Sum sum_of_transaction(const ValueTable& values, ValueId steps) {
  Sum sum;
  if (values.kind(steps) != ValueTable::Kind::kList) return {Sum::Kind::kMalformed};
  if (values.as_list(steps).empty()) return {Sum::Kind::kNotARead};
  for (const ValueId step : values.as_list(steps)) {
    if (values.kind(step) != ValueTable::Kind::kList) return {Sum::Kind::kMalformed};
    const auto parts = values.as_list(step);
    if (parts.size() != 3 || values.kind(parts[0]) != ValueTable::Kind::kText) {
      return {Sum::Kind::kMalformed};
    }
    if (values.as_text(parts[0]) != "r") return {Sum::Kind::kNotARead};
    if (!add_amounts(values, parts[2], sum.total)) return {Sum::Kind::kMalformed};
  }
  return sum;
}

Sum sum_of_balances(const ValueTable& values, ValueId balances) {
  const auto entries = map_entries(values, balances);
  if (!entries && values.kind(balances) != ValueTable::Kind::kList) return {Sum::Kind::kMalformed};
  const auto all = entries ? *entries : values.as_list(balances);
  Sum sum;
  for (std::size_t i = entries ? 1 : 0; i < all.size(); i += entries ? 2 : 1) {
    if (all[i] == kNullValue) {
      sum.kind = Sum::Kind::kMissingBalance;
    } else if (!add_amount(values, all[i], sum.total)) {
      return {Sum::Kind::kMalformed};
    }
  }
  return sum;
}

class BankCheck {
 public:
  BankCheck(const History& history, Report& report) : history_(history), report_(report) {}

  void run(const Budget& budget) {
    report_.verdict = Verdict::kValid;
    ++report_.algorithms["totals"];
    if (!take_initial_total()) return;
    std::uint64_t seen = 0;
    for (const Operation& operation : history_.operations) {
      if (seen++ % kOperationsPerBudgetCheck == 0 && budget.time_is_up()) {
        if (report_.violations.empty()) report_.verdict = Verdict::kUnknown;
        report_.reason = fmt::format("the time bound ended the check after {} of {} operations",
                                     seen - 1, history_.operations.size());
        break;
      }
      if (operation.outcome == Outcome::kOk && !judge(operation)) return;
    }
    report_.violating_keys = report_.violations.empty() ? 0 : 1;
    if (!report_.violations.empty()) report_.reason = report_.violations.front().sentence;
    if (report_.verdict != Verdict::kValid || reads_ > 0) return;
    report_.verdict = Verdict::kVacuous;
    report_.reason = "no read of all accounts was acknowledged";
  }

 private:
  bool usage_error(std::string found, std::string_view expected) {
    report_.verdict = Verdict::kUsageError;
    report_.malformed = {history_.file, 0, 0, std::move(found), std::string(expected)};
    report_.reason = report_.malformed->message();
    return false;
  }

  bool take_initial_total() {
    const ValueId initial = history_.initial.value_or(kNullValue);
    if (initial == kNullValue) return true;
    if (history_.values.kind(initial) != ValueTable::Kind::kInteger) {
      return usage_error(fmt::format("initial value {}", excerpt(history_.values.json(initial))),
                         "the total of all accounts, a whole number");
    }
    initial_total_ = history_.values.as_integer(initial);
    return true;
  }

  // False: the operation is malformed.
  bool judge(const Operation& operation) {
    const std::string_view function = history_.functions[operation.function];
    if (function == "transfer") return true;
    const bool is_read = function == "read";
    const Sum sum = is_read ? sum_of_balances(history_.values, operation.result)
                            : sum_of_transaction(history_.values, operation.result);
    if (sum.kind == Sum::Kind::kMalformed) {
      return usage_error(fmt::format("{} with {} at index {}", function,
                                     excerpt(history_.values.json(operation.result)),
                                     history_.index_of(operation.invoke)),
                         is_read ? kBalances : kSteps);
    }
    if (sum.kind == Sum::Kind::kNotARead) return true;
    ++reads_;
    if (sum.kind == Sum::Kind::kMissingBalance) {
      note(operation, "an account without a balance");
      return true;
    }
    const std::int64_t expected = is_read ? expected_total(operation.key, sum.total) : 0;
    if (sum.total == expected) return true;
    note(operation, expected == 0
                        ? fmt::format("a total of {}", sum.total)
                        : fmt::format("a total of {} instead of {}", sum.total, expected));
    return true;
  }

  // Operations come key by key, and each key is a bank.
  std::int64_t expected_total(KeyId key, std::int64_t seen) {
    if (initial_total_) return *initial_total_;
    if (first_total_ && key == key_) return *first_total_;
    key_ = key;
    return first_total_.emplace(seen);
  }

  void note(const Operation& operation, const std::string& found) {
    report_.verdict = Verdict::kInvalid;
    if (report_.violations.size() == kViolationsMax) return;
    Violation violation;
    violation.sentence = fmt::format(
        "a read of all accounts by process {} found {}, but transfers move money, and neither make "
        "nor lose any",
        excerpt(history_.process_text(operation.process)), found);
    violation.operations.push_back(view(history_, operation));
    report_.violations.push_back(std::move(violation));
  }

  const History& history_;
  Report& report_;
  std::optional<std::int64_t> initial_total_;
  std::optional<std::int64_t> first_total_;  // that a read of key_ found
  KeyId key_ = 0;
  std::uint64_t reads_ = 0;
};

void run(const History& history, const Budget& budget, Report& report) {
  BankCheck(history, report).run(budget);
}

const HistoryCheckRegistrar kRegistrar({
    .name = "bank",
    .summary = "transfers are atomic: each read of all accounts has the same total",
    .functions = {"read", "transfer", "txn"},
    .run = &run,
});

}  // namespace
}  // namespace capsize::checker
