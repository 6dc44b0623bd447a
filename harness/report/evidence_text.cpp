#include "harness/report/evidence_text.h"

#include <fmt/core.h>

namespace capsize::harness {
namespace {

using base::Json;

constexpr int kDetailsMax = 3;

/// What the proxy counted.
std::string counted(const Json& end) {
  std::string text;
  for (const char* counter : {"discarded", "delayed", "duplicated", "reordered", "corrupted",
                              "throttled", "replayed", "held"}) {
    if (end.value(counter, std::uint64_t{0}) > 0) {
      text += fmt::format("{} {}", end[counter].get<std::uint64_t>(), counter);
      text += fmt::format(" of {} ", end.value("seen", std::uint64_t{0}));
    }
  }
  return text;
}

/// Of one node: how it ended, what state it was in, or whatever numbers and words there are.
std::string of_node(const std::string& node, const Json& life) {
  if (life.contains("exit-code")) {
    return fmt::format("{} ended with exit code {} ", node, life.value("exit-code", 0));
  }
  if (life.contains("signal")) {
    std::string text = fmt::format("{} life {} ended by signal {} ", node,
                                   life.value("incarnation", 0), life.value("signal", 0));
    if (life.contains("held")) {
      text += fmt::format("with {} of {} bytes lost ",
                          life.value("held", 0) - life.value("written", 0), life.value("held", 0));
    }
    return text;
  }
  if (life.contains("state")) {
    return fmt::format("{} in state {} ", node, life.value("state", "?"));
  }
  std::string text;
  int details = 0;
  for (const auto& [key, value] : life.items()) {
    if (value.is_object() || value.is_array() || value == 0 || key == "pid" ||
        ++details > kDetailsMax)
      continue;
    text += (text.empty() ? node + " " : ", ") + key + " " +
            (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text.empty() ? text : text + " ";
}

bool is_node(const std::string& key) {
  return key.size() > 1 && key[0] == 'n' && key.find_first_not_of("0123456789", 1) == key.npos;
}

/// Of all nodes, also where the evidence is in parts: before and after, ended and started.
std::string of_nodes(const Json& evidence) {
  std::string text;
  for (const auto& [key, value] : evidence.items()) {
    if (!value.is_object()) continue;
    text += is_node(key) ? of_node(key, value) : of_nodes(value);
  }
  return text;
}

}  // namespace

std::string evidence_text(const Json& evidence) {
  const Json end = evidence.value("end", Json::object());
  if (auto text = counted(end); !text.empty()) return text;
  if (auto text = of_nodes(evidence.value("begin", Json::object())); !text.empty()) return text;
  return of_nodes(end);
}

}  // namespace capsize::harness
