#include "nemesis/proxy/actions/action.h"

#include <cmath>

#include "base/units.h"

namespace capsize::nemesis::proxy {

std::optional<Parameters::Value> Parameters::take(const std::string& key) {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  Value value = std::move(found->second);
  values_.erase(found);
  return value;
}

double Parameters::probability(const std::string& key) {
  const auto value = take(key);
  const double* number = value ? std::get_if<double>(&*value) : nullptr;
  if (number == nullptr || !(*number >= 0 && *number <= 1)) {
    refuse(key + ": expected a number from 0 to 1");
    return 0;
  }
  return *number;
}

base::Duration Parameters::duration(const std::string& key) {
  const auto value = take(key);
  const std::string* text = value ? std::get_if<std::string>(&*value) : nullptr;
  const auto duration = base::parse_duration(text != nullptr ? *text : std::string());
  if (!duration || duration.value() > std::chrono::hours(1)) {
    refuse(key + ": expected a duration such as \"20ms\", up to an hour");
    return base::Duration::zero();
  }
  return duration.value();
}

bool Parameters::flag(const std::string& key, bool default_value) {
  const auto value = take(key);
  if (!value) return default_value;
  const bool* flag = std::get_if<bool>(&*value);
  if (flag == nullptr) refuse(key + ": expected true or false");
  return flag != nullptr ? *flag : default_value;
}

std::uint64_t Parameters::count(const std::string& key, std::uint64_t min, std::uint64_t max) {
  const auto value = take(key);
  const double* number = value ? std::get_if<double>(&*value) : nullptr;
  const bool fits = number != nullptr && *number >= static_cast<double>(min) &&
                    *number <= static_cast<double>(max) && *number == std::floor(*number);
  if (!fits) {
    refuse(key + ": expected a whole number from " + std::to_string(min) + " to " +
           std::to_string(max));
    return min;
  }
  return static_cast<std::uint64_t>(*number);
}

std::size_t Parameters::choice(const std::string& key, std::initializer_list<const char*> choices) {
  const auto value = take(key);
  if (!value) return 0;
  const std::string* text = std::get_if<std::string>(&*value);
  std::string names;
  std::size_t index = 0;
  for (const char* choice : choices) {
    if (text != nullptr && *text == choice) return index;
    names += (names.empty() ? "" : ", ") + std::string(choice);
    ++index;
  }
  refuse(key + ": expected one of: " + names);
  return 0;
}

void Parameters::refuse(std::string why) {
  if (!error_) error_ = base::Error{std::move(why)};
}

base::Status Parameters::status() const {
  if (error_) return *error_;
  if (!values_.empty()) return base::Error{"unknown key " + values_.begin()->first};
  return {};
}

Action::~Action() = default;
ActionKind::~ActionKind() = default;

base::Result<std::unique_ptr<Action>> make_action(std::string_view kind, Parameters parameters) {
  const auto& kinds = base::Registry<ActionKind>::instance();
  const ActionKind* found = kinds.find(kind);
  if (found == nullptr) {
    return base::Error{"unknown kind of action, expected one of: " + kinds.names()};
  }
  std::unique_ptr<Action> action = found->make(parameters);
  if (const base::Status status = parameters.status(); !status) {
    return base::Error{"action " + std::string(kind) + ": " + status.error().message};
  }
  return action;
}

}  // namespace capsize::nemesis::proxy
