// Random histories of any model as a client would have recorded them: operations take effect on a
// simulated object, one after the other, each between its invocation and its completion. Then some
// results are replaced, if that is asked for, and the verdict is unknown then.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>
#include "base/json.h"

#include "tests/checker/random_history.h"

namespace capsize::checker::testing {

struct Simulation {
  std::string model;
  std::uint32_t operations = 8;
  std::uint32_t clients = 3;
  std::uint32_t values = 0;  ///< 0: every written value is different
  std::uint32_t info_percent = 15;
  std::uint32_t failed_percent = 5;
  std::uint32_t wrong_percent = 0;  ///< results that are replaced by another one
  bool plain = false;               ///< sets are added to and read only, counters count by one
};

class Simulator {
 public:
  Simulator(Simulation simulation, Random& random)
      : simulation_(std::move(simulation)), random_(random) {}

  /// JSON lines, with a header that names the model.
  std::string run() {
    text_ = R"({"capsize-history":1,"model":")" + simulation_.model + "\"}\n";
    for (std::uint32_t i = 0; i < simulation_.clients; ++i) idle_.push_back(i);
    std::uint32_t begun = 0;
    while (begun < simulation_.operations || !open_.empty()) {
      const bool may_begin = begun < simulation_.operations && !idle_.empty();
      if (may_begin && (open_.empty() || random_.chance(50))) {
        begin();
        ++begun;
      } else if (!open_.empty()) {
        advance(random_.below(static_cast<std::uint32_t>(open_.size())));
      }
    }
    return text_;
  }

 private:
  using Json = base::Json;
  struct Open {
    std::uint32_t process;
    std::string f;
    Json argument, result;
    bool applied = false, effect = true, possible = true;
  };

  Json fresh() {
    const std::uint32_t number =
        simulation_.values == 0 ? next_++ : 1 + random_.below(simulation_.values);
    if (simulation_.model != "kv") return number;
    return std::string(1, static_cast<char>('a' + number % 26)) + std::to_string(number) + ";";
  }
  Json any() { return seen_.empty() ? Json() : seen_[random_.below(size(seen_))]; }
  static std::uint32_t size(const std::vector<Json>& list) {
    return static_cast<std::uint32_t>(list.size());
  }

  // What a client of the model may ask, and with what.
  std::pair<std::string, Json> ask() {
    const std::string& m = simulation_.model;
    const bool mutates = random_.chance(55);
    if (m == "counter") {
      const std::uint32_t amount = simulation_.plain ? 1 : 1 + random_.below(3);
      return mutates ? std::pair("add", Json(amount)) : read();
    }
    if (m == "mutex") return {random_.chance(50) ? "acquire" : "release", Json()};
    if (m == "multi-register") return {"txn", transaction()};
    if (m == "stack") return mutates ? std::pair("push", fresh()) : std::pair("pop", Json());
    if (m == "fifo-queue" || m == "bag") {
      return mutates ? std::pair("enqueue", fresh()) : std::pair("dequeue", Json());
    }
    if (m == "set" && simulation_.plain) return mutates ? std::pair("add", fresh()) : read();
    if (m == "set") {
      if (random_.chance(30)) return {"contains", any()};
      if (mutates)
        return {random_.chance(70) ? "add" : "remove", random_.chance(60) ? fresh() : any()};
      return read();
    }
    if (!mutates) return read();
    if (m == "list") return {"append", fresh()};
    if (m == "kv" && random_.chance(60)) return {"append", fresh()};
    if (m == "kv" && random_.chance(15)) return {"delete", Json()};
    if (m == "cas-register" && random_.chance(50)) return {"cas", Json::array({any(), fresh()})};
    return {"write", fresh()};
  }
  static std::pair<const char*, Json> read() { return {"read", Json()}; }

  Json transaction() {
    Json steps = Json::array();
    for (const char* key : {"x", "y", "z"}) {
      if (random_.chance(40)) continue;
      steps.push_back(random_.chance(50) ? Json::array({"w", key, fresh()})
                                         : Json::array({"r", key, Json()}));
    }
    return steps;
  }

  void begin() {
    Open one;
    one.process = idle_.back();
    idle_.pop_back();
    std::tie(one.f, one.argument) = ask();
    emit(one, "invoke", one.argument);
    open_.push_back(one);
  }

  void advance(std::uint32_t place) {
    if (!open_[place].applied) {
      Open& one = open_[place];
      one.applied = true;
      one.effect = !random_.chance(simulation_.info_percent);
      const bool happens = one.effect || random_.chance(50);
      const bool fails = one.effect && random_.chance(simulation_.failed_percent);
      one.possible = !fails;
      if (happens && !fails) one.possible = apply(one);
      return;
    }
    const Open one = open_[place];
    open_.erase(open_.begin() + place);
    if (!one.effect) {
      if (random_.chance(50)) {
        emit(one, "info", one.argument);
        idle_.push_back(one.process + 100);
      } else {
        idle_.push_back(one.process + 1000);  // never completed
      }
      return;
    }
    Json result = one.result;
    if (one.possible && random_.chance(simulation_.wrong_percent)) result = wrong(one);
    if (one.possible) results_.emplace_back(one.f, result);
    // A lock gives no results to be wrong about; it can only say that it was given.
    const bool errs = simulation_.model == "mutex" && random_.chance(simulation_.wrong_percent);
    const bool ok = one.possible || errs;
    emit(one, ok ? "ok" : "fail", ok ? result : one.argument);
    idle_.push_back(one.process);
  }

  Json wrong(const Open& one) {
    if (one.f == "contains") return Json::array({one.argument, random_.chance(50)});
    if (one.f == "txn") {
      Json steps = one.result;
      for (Json& step : steps) {
        if (step[0] == "r" && random_.chance(60)) step[2] = any();
      }
      return steps;
    }
    std::vector<Json> others;
    for (const auto& [f, result] : results_) {
      if (f == one.f) others.push_back(result);
    }
    if (others.empty() || one.f != "read") {
      return one.f == "dequeue" || one.f == "pop" ? any() : one.result;
    }
    return others[random_.below(size(others))];
  }

  // Takes effect; false where it cannot (a cas that does not match, a lock that is held).
  bool apply(Open& one) {
    const std::string& m = simulation_.model;
    one.result = one.argument;
    const auto remember = [&](const Json& value) {
      if (std::find(seen_.begin(), seen_.end(), value) == seen_.end()) seen_.push_back(value);
    };
    if (one.f == "read") {
      one.result = state_;
      if (state_.is_null() && (m == "list" || m == "set")) one.result = Json::array();
      if (state_.is_null() && m == "counter") one.result = 0;
    } else if (one.f == "write" || one.f == "delete") {
      state_ = one.argument;
      remember(state_);
    } else if (one.f == "cas") {
      if (state_ != one.argument[0]) return false;
      state_ = one.argument[1];
      remember(state_);
    } else if (m == "kv") {
      state_ =
          (state_.is_null() ? "" : state_.get<std::string>()) + one.argument.get<std::string>();
    } else if (m == "counter") {
      state_ = (state_.is_null() ? 0 : state_.get<int>()) + one.argument.get<int>();
    } else if (m == "mutex") {
      const bool held = state_ == true;
      if (held == (one.f == "acquire")) return false;
      state_ = !held;
    } else if (m == "multi-register") {
      for (Json& step : one.result) {
        Json& value = state_[step[1].get<std::string>()];
        if (step[0] == "w") {
          value = step[2];
          remember(value);
        } else {
          step[2] = value;
        }
      }
    } else {
      apply_to_collection(one);
      remember(one.argument);
    }
    return true;
  }

  void apply_to_collection(Open& one) {
    if (state_.is_null()) state_ = Json::array();
    const auto found = std::find(state_.begin(), state_.end(), one.argument);
    const bool inside = found != state_.end();
    if (one.f == "contains") {
      one.result = Json::array({one.argument, inside});
    } else if (one.f == "remove") {
      if (inside) state_.erase(static_cast<std::size_t>(found - state_.begin()));
    } else if (one.f == "dequeue" || one.f == "pop") {
      one.result = Json();
      if (state_.empty()) return;
      std::size_t place = one.f == "pop" ? state_.size() - 1 : 0;
      if (simulation_.model == "bag") {
        place = random_.below(static_cast<std::uint32_t>(state_.size()));
      }
      one.result = state_[place];
      state_.erase(place);
    } else if (one.f != "add" || !inside) {
      state_.push_back(one.argument);
    }
  }

  void emit(const Open& one, const char* type, const Json& value) {
    Json line = {{"process", one.process}, {"type", type}, {"f", one.f}, {"value", value}};
    text_ += line.dump() + "\n";
  }

  Simulation simulation_;
  Random& random_;
  std::string text_;
  Json state_;
  std::uint32_t next_ = 1;
  std::vector<Json> seen_;
  std::vector<std::pair<std::string, Json>> results_;
  std::vector<std::uint32_t> idle_;
  std::vector<Open> open_;
};

/// All models, by the names under which they can be simulated.
inline const std::vector<std::string>& simulated_models() {
  static const std::vector<std::string> kModels = {
      "register", "cas-register", "kv",    "list",  "set",           "counter",
      "bag",      "fifo-queue",   "stack", "mutex", "multi-register"};
  return kModels;
}

}  // namespace capsize::checker::testing
