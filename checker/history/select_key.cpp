#include "checker/history/select_key.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

namespace capsize::checker {
namespace {

constexpr std::size_t kKeysShown = 5;

std::string some_keys(const History& history) {
  std::string shown;
  for (std::size_t key = 0; key < std::min(kKeysShown, history.keys.size()); ++key) {
    shown += (key > 0 ? ", " : "") + excerpt(history.keys[key]);
  }
  return shown + (history.keys.size() > kKeysShown ? ", ..." : "");
}

}  // namespace

std::optional<Malformed> keep_only_key(History& history, std::string_view text) {
  if (std::ranges::find(history.keys, text) == history.keys.end()) {
    return Malformed{
        history.file, 0, 0, fmt::format("no key \"{}\"", excerpt(text)),
        fmt::format("one of its {} keys: {}", history.keys.size(), some_keys(history))};
  }
  std::vector<Operation> kept;
  std::vector<std::string> keys;
  std::vector<bool> key_is_text;
  std::vector<std::uint64_t> begin = {0};
  std::unordered_set<std::int64_t> processes;
  for (KeyId key = 0; key < history.keys.size(); ++key) {
    if (history.keys[key] != text) continue;
    for (Operation operation : history.of_key(key)) {
      operation.key = static_cast<KeyId>(keys.size());
      processes.insert(operation.process);
      kept.push_back(operation);
    }
    keys.push_back(history.keys[key]);
    key_is_text.push_back(history.key_is_text[key]);
    begin.push_back(kept.size());
  }
  history.operations = std::move(kept);
  history.keys = std::move(keys);
  history.key_is_text = std::move(key_is_text);
  history.key_begin = std::move(begin);
  history.count_outcomes();
  history.counts.processes = processes.size();
  return std::nullopt;
}

}  // namespace capsize::checker
