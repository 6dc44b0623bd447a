#include "checker/explain/wording.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <utility>

#include "checker/history/malformed.h"
#include "checker/history/times.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kValueBytesShown = 48;
constexpr std::size_t kLongValuesMax = 256;  // that a long one is compared with
constexpr std::size_t kValuesLookedAtMax = 10'000;

}  // namespace

std::string duration_text(std::int64_t nanoseconds) {
  const auto value = static_cast<double>(nanoseconds);
  if (nanoseconds < 1'000) return fmt::format("{} ns", nanoseconds);
  if (nanoseconds < 1'000'000) return fmt::format("{:.3g} us", value / 1e3);
  if (nanoseconds < 1'000'000'000) return fmt::format("{:.3g} ms", value / 1e6);
  return fmt::format("{:.2f} s", value / 1e9);
}

namespace {

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

std::string distinct_excerpt(std::string_view text, std::span<const std::string> others,
                             std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  // Returns the length of the longest common prefix with another text.
  std::size_t common = 0;
  for (const std::string& other : others) {
    if (other == text) continue;
    const auto [mine, theirs] = std::mismatch(text.begin(), text.end(), other.begin(), other.end());
    common = std::max(common, static_cast<std::size_t>(mine - text.begin()));
  }
  const auto part = [&](std::size_t begin, std::size_t end) {
    end = std::min(end, text.size());
    while (begin > 0 && begin < text.size() && continues_character(text[begin])) --begin;
    while (end > begin && end < text.size() && continues_character(text[end])) --end;
    return std::string(text.substr(begin, end - begin));
  };
  const std::size_t dots = 3;
  if (common + dots < bytes) return part(0, bytes - dots) + "...";
  const std::size_t head = bytes / 4;
  const std::size_t rest = bytes - head - 2 * dots;
  const std::size_t begin = std::min(common - std::min(common, rest / 4), text.size() - 1);
  return part(0, head) + "..." + part(begin, begin + rest) +
         (begin + rest < text.size() ? "..." : "");
}

const std::vector<std::string>& Wording::long_values() const {
  if (long_values_) return *long_values_;
  std::set<ValueId> seen;
  long_values_.emplace();
  const auto add = [&](ValueId value) {
    if (value == kNoValue || long_values_->size() >= kLongValuesMax) return;
    if (!seen.insert(value).second) return;
    std::string text = problem_.history.values.json(value);
    if (text.size() > kValueBytesShown) long_values_->push_back(std::move(text));
  };
  for (const auto* operations : {&problem_.operations, &problem_.failed}) {
    for (const KeyOperation& operation : *operations) {
      if (seen.size() >= kValuesLookedAtMax) break;
      add(operation.argument);
      add(operation.observed);
      add(operation.written);
    }
  }
  return *long_values_;
}

std::string Wording::value(ValueId value) const {
  if (value == kNoValue) return "nothing";
  std::string text = problem_.history.values.json(value);
  if (text.size() <= kValueBytesShown) return text;
  return distinct_excerpt(text, long_values(), kValueBytesShown);
}

std::string Wording::of_key() const {
  const std::string& key = problem_.history.keys[problem_.key];
  return key.empty() ? "" : " of " + key;
}

std::string Wording::to_key() const {
  const std::string& key = problem_.history.keys[problem_.key];
  return key.empty() ? "" : " to " + key;
}

// A membership test is a pair of element and answer; an invocation has no answer.
ValueId Wording::asked(const Operation& source) const {
  const History& history = problem_.history;
  if (history.functions[source.function] != "contains") return source.argument;
  if (history.values.kind(source.argument) != ValueTable::Kind::kList) return source.argument;
  const auto pair = history.values.as_list(source.argument);
  return pair.empty() ? source.argument : pair.front();
}

std::string Wording::operation(const KeyOperation& operation) const {
  const Operation& source = problem_.source(operation);
  const std::string& function = problem_.history.functions[source.function];
  const bool asks_for_nothing =
      source.function == kRead || source.function == kDelete || operation.code == kCodeTake ||
      (source.function > kDelete && source.argument == kNullValue);  // acquire
  if (asks_for_nothing) return function + of_key();
  const std::string where = source.function == kCas ? of_key() : to_key();
  return fmt::format("{} {}{}", function, value(asked(source)), where);
}

std::string Wording::process(const KeyOperation& operation) const {
  return excerpt(problem_.history.process_text(problem_.source(operation).process));
}

std::string Wording::acknowledged(const KeyOperation& one, std::string_view tense) const {
  return fmt::format("{} {} acknowledged to process {}", operation(one), tense, process(one));
}

std::string Wording::by_process(const KeyOperation& one) const {
  return fmt::format("{} by process {}", operation(one), process(one));
}

std::string Wording::saw(const KeyOperation& observer) const {
  if (observer.observed == kNoValue) {
    const Operation& source = problem_.source(observer);
    if (source.outcome != Outcome::kOk) return by_process(observer) + " failed";
    return fmt::format("{} returned {}", by_process(observer), value(source.result));
  }
  const char* verb = observer.pure ? "returned" : observer.required ? "succeeded on" : "acted on";
  return fmt::format("{} {} {}", by_process(observer), verb, value(observer.observed));
}

std::string Wording::after(const KeyOperation& earlier, const KeyOperation& later) const {
  const std::int64_t from = problem_.source(earlier).complete_time;
  const std::int64_t to = problem_.source(later).invoke_time;
  if (from == kNoTime || to == kNoTime || to < from) return "after";
  return duration_text(time_between(from, to)) + " after";
}

}  // namespace capsize::checker
