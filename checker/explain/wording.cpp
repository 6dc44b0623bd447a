#include "checker/explain/wording.h"

#include <fmt/core.h>

#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kValueBytesShown = 48;

}  // namespace

std::string duration_text(std::int64_t nanoseconds) {
  const auto value = static_cast<double>(nanoseconds);
  if (nanoseconds < 1'000) return fmt::format("{} ns", nanoseconds);
  if (nanoseconds < 1'000'000) return fmt::format("{:.3g} us", value / 1e3);
  if (nanoseconds < 1'000'000'000) return fmt::format("{:.3g} ms", value / 1e6);
  return fmt::format("{:.2f} s", value / 1e9);
}

std::string Wording::value(ValueId value) const {
  if (value == kNoValue) return "nothing";
  std::string text = problem_.history.values.json(value);
  if (text.size() > kValueBytesShown) {
    // Not in the middle of a character: continuation bytes of UTF-8 go too.
    std::size_t end = kValueBytesShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += "...";
  }
  return text;
}

std::string Wording::of_key() const {
  const std::string& key = problem_.history.keys[problem_.key];
  return key.empty() ? "" : " of " + key;
}

std::string Wording::to_key() const {
  const std::string& key = problem_.history.keys[problem_.key];
  return key.empty() ? "" : " to " + key;
}

// What a set is asked about is the first of a pair; the answer is missing in an invocation.
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
      source.function == kRead || source.function == kDelete || operation.code == kCodeTake;
  if (asks_for_nothing) return function + of_key();
  const std::string where = source.function == kCas ? of_key() : to_key();
  return fmt::format("{} {}{}", function, value(asked(source)), where);
}

std::int64_t Wording::process(const KeyOperation& operation) const {
  return problem_.source(operation).process;
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
  return duration_text(to - from) + " after";
}

}  // namespace capsize::checker
