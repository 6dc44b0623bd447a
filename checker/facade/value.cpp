#include <fmt/format.h>

#include <stdexcept>

#include "checker/facade/checker.h"
#include "checker/history/values.h"

namespace capsize {
namespace {

[[noreturn]] void throw_expected(const char* expected, const Value& found) {
  throw std::invalid_argument(fmt::format("found {}, expected {}", found.json(), expected));
}

}  // namespace

Value Value::other(std::string json) {
  Value value;
  value.kind_ = Kind::kOther;
  value.text_ = std::move(json);
  return value;
}

std::int64_t Value::integer() const {
  if (kind_ != Kind::kInteger) throw_expected("an integer", *this);
  return integer_;
}

const std::string& Value::text() const {
  if (kind_ != Kind::kText) throw_expected("a text", *this);
  return text_;
}

const std::vector<Value>& Value::list() const {
  if (kind_ != Kind::kList) throw_expected("a list", *this);
  return list_;
}

std::string Value::json() const {
  std::string out;
  switch (kind_) {
    case Kind::kNull:
      return "null";
    case Kind::kInteger:
      return fmt::format("{}", integer_);
    case Kind::kOther:
      return text_;
    case Kind::kText:
      checker::append_json_string(out, text_);
      return out;
    case Kind::kList:
      for (const Value& element : list_) out += (out.empty() ? "" : ",") + element.json();
      return "[" + out + "]";
  }
  return out;
}

}  // namespace capsize
