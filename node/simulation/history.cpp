#include "node/simulation/history.h"

#include <algorithm>
#include <map>
#include <sstream>

namespace capsize::simulation {
namespace {

std::string_view name(EventType type) {
  switch (type) {
    case EventType::kInvoke:
      return "invoke";
    case EventType::kOk:
      return "ok";
    case EventType::kFail:
      return "fail";
    case EventType::kInfo:
      return "info";
  }
  return "";
}

std::string_view name(kv::Operation operation) {
  switch (operation) {
    case kv::Operation::kRead:
      return "read";
    case kv::Operation::kWrite:
      return "write";
    case kv::Operation::kCas:
      return "cas";
    case kv::Operation::kAppend:
      return "append";
    case kv::Operation::kDelete:
      return "delete";
    case kv::Operation::kRegister:
      return "register";
    case kv::Operation::kTxn:
      return "txn";
  }
  return "";
}

// Keys and errors of the simulation are plain words, so they need no escaping.
std::string json(std::size_t index, const HistoryEvent& event) {
  std::string line = "{\"index\":" + std::to_string(index);
  line += ",\"time\":" + std::to_string(event.time.time_since_epoch().count());
  line += ",\"process\":" + std::to_string(event.process);
  line.append(",\"type\":\"").append(name(event.type));
  line.append("\",\"f\":\"").append(name(event.command.operation));
  line.append("\",\"key\":\"").append(event.command.key).append("\"");
  if (event.command.operation == kv::Operation::kCas) {
    line += ",\"value\":[" + event.command.expected + "," + event.command.value + "]";
  } else if (!event.command.value.empty()) {
    line += ",\"value\":" + event.command.value;
  } else if (!event.value.empty()) {
    line += ",\"value\":" + event.value;
  }
  if (!event.error.empty()) line += ",\"error\":\"" + event.error + "\"";
  return line + "}\n";
}

}  // namespace

void History::invoke(base::Instant time, std::uint64_t process, const kv::Command& command) {
  events_.push_back({time, process, EventType::kInvoke, command, "", ""});
}

void History::complete(base::Instant time, std::uint64_t process, const kv::Command& command,
                       const kv::Reply& reply) {
  const EventType type = reply.outcome == kv::Outcome::kOk     ? EventType::kOk
                         : reply.outcome == kv::Outcome::kFail ? EventType::kFail
                                                               : EventType::kInfo;
  events_.push_back({time, process, type, command, reply.value, reply.error});
}

std::size_t History::count(EventType type) const {
  return static_cast<std::size_t>(std::count_if(
      events_.begin(), events_.end(), [type](const HistoryEvent& e) { return e.type == type; }));
}

std::string History::json_lines() const {
  std::string lines = "{\"capsize-history\":1,\"model\":\"kv\"}\n";
  for (std::size_t i = 0; i < events_.size(); ++i) lines += json(i, events_[i]);
  return lines;
}

namespace {

std::vector<std::string> elements(const std::string& json) {
  std::vector<std::string> list;
  if (json.size() < 2 || json.front() != '[') return list;
  std::istringstream body(json.substr(1, json.size() - 2));
  for (std::string element; std::getline(body, element, ',');) list.push_back(element);
  return list;
}

class ListChecker {
 public:
  explicit ListChecker(std::string key) : key_(std::move(key)) {}

  void set_final_order(const std::vector<std::string>& order) {
    final_ = order;
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (!position_.try_emplace(order[i], i).second) complain("applied twice: " + order[i]);
    }
  }

  void invoke(const HistoryEvent& event) {
    // An operation that begins now must observe all elements that completed operations have shown.
    floor_[event.process] = known_length_;
    if (event.command.operation == kv::Operation::kAppend) {
      // No read that completed before the append began can have returned its element.
      const auto found = position_.find(event.command.value);
      if (found != position_.end() && found->second < known_length_) {
        complain("read before it was appended: " + event.command.value);
      }
    }
  }

  void complete(const HistoryEvent& event) {
    const std::size_t floor = floor_[event.process];
    if (event.command.operation == kv::Operation::kRead) {
      if (event.type == EventType::kOk) complete_read(elements(event.value), floor);
      return;
    }
    const auto found = position_.find(event.command.value);
    const bool there = found != position_.end();
    if (event.type == EventType::kFail && there) {
      complain("a failed append took effect: " + event.command.value);
    }
    if (event.type != EventType::kOk) return;
    if (!there) {
      complain("an acknowledged append is lost: " + event.command.value);
      return;
    }
    if (found->second < floor) complain("appended before its invocation: " + event.command.value);
    known_length_ = std::max(known_length_, found->second + 1);
  }

  std::vector<std::string> take_violations() { return std::move(violations_); }

 private:
  void complete_read(const std::vector<std::string>& read, std::size_t floor) {
    if (read.size() > final_.size() || !std::equal(read.begin(), read.end(), final_.begin())) {
      complain("a read is not a prefix of the final order");
    } else if (read.size() < floor) {
      complain("stale read: " + std::to_string(read.size()) + " elements, " +
               std::to_string(floor) + " were visible before it began");
    }
    known_length_ = std::max(known_length_, read.size());
  }
  void complain(const std::string& what) { violations_.push_back(key_ + ": " + what); }

  std::string key_;
  std::vector<std::string> final_;
  std::map<std::string, std::size_t> position_;
  std::map<std::uint64_t, std::size_t> floor_;  // by process: known length when its operation began
  std::size_t known_length_ = 0;                // elements that completed operations have shown
  std::vector<std::string> violations_;
};

bool is_list(const HistoryEvent& event) {
  return event.command.key.starts_with("list");
}

}  // namespace

std::vector<std::string> judge_lists(const std::vector<HistoryEvent>& events) {
  std::map<std::string, std::vector<std::string>> last_read;
  std::map<std::string, ListChecker> keys;
  for (const HistoryEvent& event : events) {
    if (!is_list(event)) continue;
    keys.try_emplace(event.command.key, event.command.key);
    if (event.type == EventType::kOk && event.command.operation == kv::Operation::kRead) {
      last_read[event.command.key] = elements(event.value);
    }
  }
  std::vector<std::string> violations;
  for (auto& [key, checker] : keys) {
    checker.set_final_order(last_read[key]);
    for (const HistoryEvent& event : events) {
      if (event.command.key != key) continue;
      if (event.type == EventType::kInvoke) {
        checker.invoke(event);
      } else {
        checker.complete(event);
      }
    }
    for (std::string& violation : checker.take_violations()) violations.push_back(violation);
  }
  return violations;
}

}  // namespace capsize::simulation
