// Random histories as text: a few clients, every model, and the notations in which the same events
// are written.
//
// Results are drawn, not simulated, from so small a range that about half of the histories have a
// legal order. The verdict is not known here: a test asks brute force, or compares two texts of the
// same events.
#pragma once

#include <fmt/core.h>

#include <map>
#include <optional>
#include <string>
#include <vector>
#include "base/json.h"

#include "checker/check/check.h"
#include "tests/checker/random_history.h"

namespace capsize::checker::testing {

struct TextEvent {
  std::uint32_t process = 0;
  std::string type;
  std::string f;
  std::uint32_t key = 0;
  std::string value = "null";  ///< JSON
  std::string error = {};
};

struct TextHistory {
  std::string model;
  std::uint32_t keys = 1;
  std::vector<TextEvent> events;
};

inline const std::vector<std::string>& text_models() {
  static const std::vector<std::string> kModels = {
      "register",      "cas-register",    "kv",           "list",      "set",
      "counter",       "fifo-queue",      "bag",          "stack",     "mutex",
      "owned-mutex",   "reentrant-mutex", "fenced-mutex", "semaphore", "reentrant-fenced-mutex",
      "multi-register"};
  return kModels;
}

// One operation: what is asked, and what is answered if it is ok.
struct TextCall {
  std::string f;
  std::string asked = "null";
  std::string answered = "null";
};

inline std::string small_value(Random& random) {
  return std::to_string(1 + random.below(3));
}
inline std::string small_value_or_null(Random& random) {
  return random.chance(25) ? "null" : small_value(random);
}

inline std::string small_list(Random& random, bool sorted) {
  std::vector<std::string> elements;
  for (std::uint32_t i = 1; i <= 3; ++i) {
    if (random.chance(50)) elements.push_back(std::to_string(i));
  }
  if (!sorted && elements.size() > 1 && random.chance(50)) std::swap(elements[0], elements[1]);
  std::string text;
  for (const std::string& element : elements) text += (text.empty() ? "" : ",") + element;
  return "[" + text + "]";
}

inline TextCall register_call(const std::string& model, Random& random) {
  const std::uint32_t kind = random.below(model == "register" ? 2 : model == "kv" ? 5 : 3);
  if (kind == 0) {
    const bool texts = model == "kv" && random.chance(30);
    constexpr const char* kTexts[] = {"\"a\"", "\"b\"", "\"ab\"", "\"aa\""};
    return {"read", "null", texts ? kTexts[random.below(4)] : small_value_or_null(random)};
  }
  if (kind == 1) return {"write", small_value(random)};
  if (kind == 2) {
    return {"cas", fmt::format("[{},{}]", small_value_or_null(random), small_value(random))};
  }
  if (kind == 3) return {"append", random.chance(50) ? "\"a\"" : "\"b\""};
  return {"delete"};
}

inline TextCall transaction_call(Random& random) {
  std::string asked, answered;
  for (std::uint32_t i = 0, steps = 1 + random.below(2); i < steps; ++i) {
    const bool reads = random.chance(50);
    const std::uint32_t key = random.below(2);
    const std::string separator = i == 0 ? "" : ",";
    const std::string value = small_value_or_null(random);
    asked += separator + fmt::format("[\"{}\",{},{}]", reads ? "r" : "w", key,
                                     reads ? "null" : small_value(random));
    answered += separator + (reads ? fmt::format("[\"r\",{},{}]", key, value)
                                   : asked.substr(asked.rfind("[\"w\"")));
  }
  return {"txn", "[" + asked + "]", "[" + answered + "]"};
}

// Owners are the processes; fences and permits are what the numbers say.
inline TextCall lock_call(const std::string& model, Random& random) {
  const bool acquires = random.chance(60);
  const std::string f = acquires ? "acquire" : "release";
  if (model == "semaphore") return {f, std::to_string(1 + random.below(2))};
  const bool shows_fence = acquires && model.find("fenced") != std::string::npos;
  return {f, "null", shows_fence ? small_value(random) : "null"};
}

inline TextCall text_call(const std::string& model, Random& random) {
  if (model == "list") {
    if (random.chance(50)) return {"read", "null", small_list(random, false)};
    return {"append", small_value(random)};
  }
  if (model == "set") {
    const std::uint32_t kind = random.below(4);
    const std::string element = small_value(random);
    if (kind == 0) return {"read", "null", small_list(random, true)};
    if (kind == 1) {
      return {"contains", element,
              fmt::format("[{},{}]", element, random.chance(50) ? "true" : "false")};
    }
    return {kind == 2 ? "add" : "remove", element};
  }
  if (model == "counter") {
    if (random.chance(50)) return {"read", "null", std::to_string(random.below(4))};
    return {"add", std::to_string(static_cast<int>(random.below(4)) - 1)};
  }
  if (model == "fifo-queue" || model == "bag" || model == "stack") {
    const bool stack = model == "stack";
    if (random.chance(50)) return {stack ? "pop" : "dequeue", "null", small_value_or_null(random)};
    return {stack ? "push" : "enqueue", small_value(random)};
  }
  if (model.ends_with("mutex") || model == "semaphore") return lock_call(model, random);
  if (model == "multi-register") return transaction_call(random);
  return register_call(model, random);
}

/// Clients take turns at random; one whose operation is indeterminate comes back under a new
/// number.
inline TextHistory random_text_history(const std::string& model, Random& random) {
  TextHistory history{model, model == "multi-register" ? 1 : 1 + random.below(2), {}};
  struct Client {
    std::uint32_t process;
    std::optional<TextEvent> open;
    std::string answer;
  };
  std::vector<Client> clients;
  for (std::uint32_t i = 0; i < 3; ++i) clients.push_back({i, {}, {}});
  std::uint32_t fresh = 3;
  for (std::uint32_t left = 1 + random.below(7); left > 0 || random.chance(80);) {
    Client& client = clients[random.below(3)];
    if (!client.open) {
      if (left == 0) continue;
      --left;
      const TextCall call = text_call(model, random);
      client.open =
          TextEvent{client.process, "invoke", call.f, random.below(history.keys), call.asked, {}};
      client.answer = call.answered == "null" ? call.asked : call.answered;
      if (call.f == "read" || call.f == "dequeue" || call.f == "pop") client.answer = call.answered;
      history.events.push_back(*client.open);
      continue;
    }
    TextEvent done = *client.open;
    const std::uint32_t outcome = random.below(100);
    done.type = outcome < 65 ? "ok" : outcome < 82 ? "fail" : "info";
    if (done.type == "ok") done.value = client.answer;
    if (done.type == "fail" && done.f == "cas" && random.chance(50)) done.error = "mismatch";
    if (done.type != "ok" && done.error.empty()) done.error = "timeout";
    history.events.push_back(done);
    client.open.reset();
    if (done.type == "info") client.process = fresh++;
  }
  return history;
}

// ---- the ways to write it down ----

inline std::string edn_of(const base::Json& value) {
  if (value.is_null()) return "nil";
  if (value.is_array()) {
    std::string out;
    for (const base::Json& element : value) out += (out.empty() ? "" : " ") + edn_of(element);
    return "[" + out + "]";
  }
  return value.dump();
}

struct Layout {
  std::string name;
  bool edn = false;
  bool named = false;      ///< clients have names
  bool tuples = false;     ///< [key value] in place of values
  bool container = false;  ///< one array, vector or list around all events
  bool one_line = false;   ///< of the container
  bool indented = false;   ///< each event over several lines
  bool tagged = false;     ///< #jepsen.history.Op{...}
  bool comments = false;   ///< and discarded forms
  bool mark = false;       ///< a byte order mark
  bool index = false;
};

inline std::string event_text(const TextHistory& history, const TextEvent& event, std::size_t index,
                              const Layout& layout) {
  const std::string feed = layout.indented ? "\n   " : " ";
  std::vector<std::pair<std::string, std::string>> fields;
  const std::string name = fmt::format("client-{}", event.process);
  const std::string process =
      layout.named ? (layout.edn ? ":" + name : "\"" + name + "\"") : std::to_string(event.process);
  const auto word = [&](const std::string& text) {
    return layout.edn ? ":" + text : "\"" + text + "\"";
  };
  fields.emplace_back("process", process);
  fields.emplace_back("type", word(event.type));
  fields.emplace_back("f", word(event.f));
  const bool has_keys = history.model != "multi-register";
  std::string value = event.value;
  if (layout.tuples && has_keys) value = fmt::format("[{},{}]", event.key, value);
  if (!layout.tuples && has_keys) fields.emplace_back("key", std::to_string(event.key));
  fields.emplace_back("value", layout.edn ? edn_of(base::Json::parse(value)) : value);
  if (!event.error.empty()) fields.emplace_back("error", word(event.error));
  if (layout.index) fields.emplace_back("index", std::to_string(index));
  std::string text;
  for (const auto& [field, its] : fields) {
    text += text.empty() ? "" : "," + feed;
    text += layout.edn ? fmt::format(":{} {}", field, its) : fmt::format("\"{}\":{}", field, its);
  }
  return (layout.tagged ? "#jepsen.history.Op{" : "{") + text + "}";
}

inline std::string text_of(const TextHistory& history, const Layout& layout) {
  std::string text = layout.mark ? "\xef\xbb\xbf" : "";
  if (layout.comments) text += "; what the clients saw\n#_ {:discarded [1 2 \"}\"]}\n";
  if (layout.container) text += layout.edn && layout.indented ? "(" : "[";
  std::size_t index = 0;
  for (const TextEvent& event : history.events) {
    if (layout.container && index > 0) text += layout.edn ? "" : ",";
    if (index > 0) text += layout.one_line ? " " : "\n";
    text += event_text(history, event, index++, layout);
    if (layout.comments) text += " ; event";
  }
  if (layout.container) text += layout.edn && layout.indented ? "\n)" : "]";
  return text + "\n";
}

inline const std::vector<Layout>& layouts() {
  static const std::vector<Layout> kLayouts = {
      {.name = "JSON lines"},
      {.name = "JSON lines with an index", .index = true},
      {.name = "JSON lines of clients with names, and a mark", .named = true, .mark = true},
      {.name = "JSON lines of tuples", .tuples = true},
      {.name = "JSON array in one line", .container = true, .one_line = true, .index = true},
      {.name = "indented JSON array", .container = true, .indented = true},
      {.name = "indented JSON objects", .indented = true},
      {.name = "EDN maps", .edn = true},
      {.name = "EDN of clients with names", .edn = true, .named = true, .index = true},
      {.name = "tagged EDN with tuples",
       .edn = true,
       .tuples = true,
       .tagged = true,
       .index = true},
      {.name = "EDN vector in one line", .edn = true, .container = true, .one_line = true},
      {.name = "EDN list over many lines, with comments",
       .edn = true,
       .container = true,
       .indented = true,
       .comments = true},
  };
  return kLayouts;
}

inline CheckOptions options_for(const TextHistory& history, const Layout& layout) {
  CheckOptions options{.model = history.model};
  if (layout.tuples && history.model != "multi-register") options.reading.independent = true;
  if (history.model == "semaphore") options.initial_json = "2";
  options.time_limit = std::chrono::seconds(10);
  return options;
}

}  // namespace capsize::checker::testing
