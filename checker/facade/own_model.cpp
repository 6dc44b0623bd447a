#include "checker/facade/own_model.h"

#include <fmt/format.h>

#include <cstring>
#include <span>
#include <stdexcept>
#include <utility>

#include "checker/history_checks/history_check.h"
#include "checker/specification/model.h"
#include "checker/specification/state_table.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kFunctionsMax = 256 - kFirstPartialCode;

using Kind = Value::Kind;

// ---- states: a kind, then what it needs, in numbers of 32 bits ----

void encode(std::vector<ValueId>& out, std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  out.push_back(static_cast<ValueId>(bits));
  out.push_back(static_cast<ValueId>(bits >> 32));
}

void encode(std::vector<ValueId>& out, const std::string& text) {
  out.push_back(static_cast<ValueId>(text.size()));
  const std::size_t begin = out.size();
  out.resize(begin + (text.size() + sizeof(ValueId) - 1) / sizeof(ValueId), 0);
  if (!text.empty()) std::memcpy(&out[begin], text.data(), text.size());
}

void encode(std::vector<ValueId>& out, const Value& value) {
  out.push_back(static_cast<ValueId>(value.kind()));
  switch (value.kind()) {
    case Kind::kNull:
      return;
    case Kind::kInteger:
      return encode(out, value.integer());
    case Kind::kText:
      return encode(out, value.text());
    case Kind::kOther:
      return encode(out, value.json());
    case Kind::kList:
      out.push_back(static_cast<ValueId>(value.list().size()));
      for (const Value& element : value.list()) encode(out, element);
  }
}

// Reads what encode() wrote, from front to back.
class Decoder {
 public:
  explicit Decoder(std::span<const ValueId> numbers) : numbers_(numbers) {}

  Value value() {
    switch (static_cast<Kind>(next())) {
      case Kind::kNull:
        return {};
      case Kind::kInteger: {
        const std::uint64_t low = next();
        return static_cast<std::int64_t>(low | std::uint64_t{next()} << 32);
      }
      case Kind::kText:
        return text();
      case Kind::kOther:
        return Value::other(text());
      case Kind::kList:
        break;
    }
    std::vector<Value> elements;
    for (ValueId left = next(); left > 0; --left) elements.push_back(value());
    return elements;
  }

 private:
  ValueId next() { return numbers_[at_++]; }

  std::string text() {
    std::string text(next(), '\0');
    if (!text.empty()) std::memcpy(text.data(), &numbers_[at_], text.size());
    at_ += (text.size() + sizeof(ValueId) - 1) / sizeof(ValueId);
    return text;
  }

  std::span<const ValueId> numbers_;
  std::size_t at_ = 0;
};

State state_of(StateTable& states, const Value& value) {
  std::vector<ValueId> numbers;
  encode(numbers, value);
  return states.list(numbers);
}

Value value_of(const ValueTable& values, ValueId id) {
  switch (values.kind(id)) {
    case ValueTable::Kind::kNull:
      return {};
    case ValueTable::Kind::kInteger:
      return values.as_integer(id);
    case ValueTable::Kind::kText:
      return std::string(values.as_text(id));
    case ValueTable::Kind::kMap:
      return Value::other(values.json(id));
    case ValueTable::Kind::kRaw:
      return Value::other(std::string(values.as_text(id)));
    case ValueTable::Kind::kList:
      break;
  }
  std::vector<Value> elements;
  for (const ValueId element : values.as_list(id)) elements.push_back(value_of(values, element));
  return elements;
}

// ---- calls ----

// What was asked and, if it is known, what was answered.
struct Call {
  ValueId values[2];
  std::size_t size;

  explicit Call(const Operation& operation)
      : values{operation.argument, operation.result},
        size(operation.outcome == Outcome::kOk ? 2 : 1) {}
  operator std::span<const ValueId>() const { return {values, size}; }
};

Decoded decode(const capsize::Model& own, const History& history, const Operation& operation) {
  const std::string& name = history.functions[operation.function];
  for (std::size_t i = 0; i < own.functions.size(); ++i) {
    const Function& function = own.functions[i];
    if (function.name != name) continue;
    Decoded decoded;
    decoded.operation.code = static_cast<std::uint8_t>(kFirstPartialCode + i);
    decoded.operation.pure = function.read_only;
    decoded.operation.argument = history.values.find_list(Call(operation));
    const bool unanswered_read = function.read_only && operation.outcome != Outcome::kOk;
    if (operation.outcome == Outcome::kFail || unanswered_read) {
      decoded.kind = Decoded::Kind::kDrop;
    }
    return decoded;
  }
  return {Decoded::Kind::kMalformed, {}, "a function of the model"};
}

std::optional<State> step(const capsize::Model& own, StateTable& states, State state,
                          const KeyOperation& operation) {
  const Function& function = own.functions[operation.code - kFirstPartialCode];
  const auto call = states.values().as_list(operation.argument);
  if (call.empty()) return std::nullopt;
  std::optional<Value> answered;
  if (call.size() > 1) answered = value_of(states.values(), call[1]);
  const Value before = Decoder(states.elements(state)).value();
  const auto after = function.effect(before, value_of(states.values(), call[0]), answered);
  if (!after) return std::nullopt;
  if (*after == before) return state;
  if (function.read_only) {
    throw std::invalid_argument(
        fmt::format("model {}: {} is read-only, but changed the state {} to {}", own.name,
                    function.name, before.json(), after->json()));
  }
  return state_of(states, *after);
}

}  // namespace

std::optional<std::string> model_error(const capsize::Model& own) {
  if (own.name.empty()) return "found a model without a name";
  // The explanations of a built-in model go by its name.
  if (find_model(own.name) != nullptr || find_history_check(own.name) != nullptr) {
    return fmt::format("found a model named \"{}\", expected a name that no built-in model has",
                       own.name);
  }
  if (own.functions.empty() || own.functions.size() > kFunctionsMax) {
    return fmt::format("model {}: found {} functions, expected 1 to {}", own.name,
                       own.functions.size(), kFunctionsMax);
  }
  for (const Function& function : own.functions) {
    if (!function.effect) {
      return fmt::format("model {}: found no effect of function \"{}\"", own.name, function.name);
    }
    for (const Function* other = own.functions.data(); other != &function; ++other) {
      if (other->name != function.name) continue;
      return fmt::format("model {}: found two functions \"{}\"", own.name, function.name);
    }
  }
  return std::nullopt;
}

ValueId intern(ValueTable& values, const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return kNullValue;
    case Kind::kInteger:
      return values.integer(value.integer());
    case Kind::kText:
      return values.text(value.text());
    case Kind::kOther:
      return values.raw(value.json());
    case Kind::kList:
      break;
  }
  std::vector<ValueId> elements;
  for (const Value& element : value.list()) elements.push_back(intern(values, element));
  return values.list(elements);
}

void intern_calls(History& history) {
  for (const Operation& operation : history.operations) history.values.list(Call(operation));
}

Model internal_model(const capsize::Model& own) {
  Model model;
  model.name = own.name;
  model.summary = "a model of the user";
  for (const Function& function : own.functions) model.functions.push_back(function.name);
  model.decode = [&own](const History& history, const Operation& operation, const DecodeOptions&) {
    return decode(own, history, operation);
  };
  model.initial = [](StateTable& states, ValueId initial) {
    return state_of(states, value_of(states.values(), initial));
  };
  model.step = [&own](StateTable& states, State state, const KeyOperation& operation) {
    return step(own, states, state, operation);
  };
  return model;
}

}  // namespace capsize::checker
