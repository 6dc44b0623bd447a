// multi-register: several registers, read and written in transactions: [["r", k, v], ["w", k, v]].
//
// The steps of a transaction take effect one after the other with nothing in between, so a read
// sees what the same transaction wrote before. No key can be judged by itself, but groups of keys
// that no transaction connects can (`touches`). The state is the initial value, then key and value
// of each register that was ever written, sorted by key.
#include <algorithm>

#include "checker/explain/explainers.h"
#include "checker/specification/state_table.h"
#include "checker/specification/transaction.h"
#include "checker/transactions/distinct_transactions.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kSteps = R"(steps ["r", key, value] or ["w", key, value])";

constexpr std::string_view kNoAppends =
    "reads and writes only: transactions that append (Elle's list-append) cannot be judged yet; "
    "elle-cli --model list-append judges them, and --model bank the totals of transfers";

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  const bool seen = operation.outcome == Outcome::kOk;
  const ValueId transaction = seen ? operation.result : operation.argument;
  const auto steps = transaction_steps(history.values, transaction);
  if (!steps) {
    return {Decoded::Kind::kMalformed,
            {},
            has_append(history.values, transaction) ? kNoAppends : kSteps};
  }
  Decoded decoded;
  decoded.operation.code = seen ? kCodeTransaction : kCodeUnseenTransaction;
  decoded.operation.pure = std::none_of(steps->begin(), steps->end(),
                                        [](const TransactionStep& step) { return step.is_write; });
  decoded.operation.argument = transaction;
  if (operation.outcome == Outcome::kFail || (!seen && decoded.operation.pure)) {
    decoded.kind = Decoded::Kind::kDrop;
  }
  return decoded;
}

State initial(StateTable& states, ValueId value) {
  return states.list({value});
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  const auto before = states.elements(state);
  std::vector<ValueId> registers(before.begin(), before.end());
  const auto steps = transaction_steps(states.values(), operation.argument);
  if (!steps) return std::nullopt;
  for (const TransactionStep& one : *steps) {
    std::size_t at = 1;
    while (at < registers.size() && registers[at] < one.key) at += 2;
    const bool known = at < registers.size() && registers[at] == one.key;
    if (one.is_write && known) {
      registers[at + 1] = one.value;
    } else if (one.is_write) {
      registers.insert(registers.begin() + static_cast<std::ptrdiff_t>(at), {one.key, one.value});
    } else if (operation.code == kCodeTransaction && one.value != registers[known ? at + 1 : 0]) {
      return std::nullopt;
    }
  }
  return states.list(registers);
}

// The writers of the very values that were read.
bool needs(const ValueTable& values, const KeyOperation& observer, const KeyOperation& writer) {
  if (observer.code != kCodeTransaction || writer.pure) return false;
  const auto written = transaction_steps(values, writer.argument);
  const auto seen = transaction_steps(values, observer.argument);
  if (!written || !seen) return false;
  return std::any_of(seen->begin(), seen->end(), [&](const TransactionStep& read) {
    return !read.is_write &&
           std::any_of(written->begin(), written->end(), [&](const TransactionStep& write) {
             return write.is_write && write.key == read.key && write.value == read.value;
           });
  });
}

void touches(const History& history, const Operation& operation, std::vector<ValueId>& objects) {
  const auto steps = transaction_steps(history.values, operation.argument);
  if (!steps) return;  // decode() reports it
  for (const TransactionStep& one : *steps) objects.push_back(one.key);
}

const ModelRegistrar kRegistrar({
    .name = "multi-register",
    .summary = R"(registers in transactions: txn [["r",k,v],["w",k,v],...])",
    .generalised_by = {},
    .functions = {"txn"},
    .deciders = {{&kDistinctTransactions}},
    .explainers = {{&explain_transactions}},
    .decode = &decode,
    .plausible = nullptr,
    .touches = &touches,
    .initial = &initial,
    .step = &step,
    .needs = &needs,
});

}  // namespace
}  // namespace capsize::checker
