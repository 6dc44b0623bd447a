#include "nemesis/proxy/control.h"

#include "base/json.h"
#include "base/mismatch.h"

namespace capsize::nemesis::proxy {
namespace {

using base::Json;

constexpr std::size_t kContextBytesMax = 1024;

std::string link_name(LinkId link) {
  return wire::node_name(link.from) + ">" + wire::node_name(link.to);
}

Json refusal(std::string why) {
  return {{"ok", false}, {"error", std::move(why)}};
}

/// Error: the first key that is not in `allowed`.
base::Status only_keys(const Json& object, std::initializer_list<std::string_view> allowed) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      return base::Error{"unknown key " + base::excerpt(key)};
    }
  }
  return {};
}

base::Result<std::uint64_t> read_id(const Json& request) {
  const auto id = request.find("id");
  if (id == request.end() || !id->is_unsigned()) {
    return base::Error{"id: expected a whole number of at least 0"};
  }
  return id->get<std::uint64_t>();
}

base::Result<std::set<LinkId>> read_links(const Json& request) {
  const base::Error error{"links: expected a list of pairs such as [\"n1\",\"n2\"], not empty"};
  const auto found = request.find("links");
  if (found == request.end() || !found->is_array() || found->empty()) return error;
  std::set<LinkId> links;
  for (const Json& pair : *found) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      return error;
    }
    const auto from = wire::parse_node_name(pair[0].text());
    const auto to = wire::parse_node_name(pair[1].text());
    if (!from || !to) return error;
    links.insert({*from, *to});
  }
  return links;
}

base::Result<std::unique_ptr<Action>> read_action(const Json& request) {
  const auto found = request.find("action");
  if (found == request.end() || !found->is_object() || !found->contains("kind") ||
      !(*found)["kind"].is_string()) {
    return base::Error{"action: expected an object with a kind"};
  }
  std::map<std::string, Parameters::Value> values;
  for (const auto& [key, value] : found->items()) {
    if (key == "kind") continue;
    if (value.is_boolean()) {
      values[key] = value.get<bool>();
    } else if (value.is_number()) {
      values[key] = value.get<double>();
    } else if (value.is_string()) {
      values[key] = value.get<std::string>();
    } else {
      return base::Error{"action: expected flat values"};
    }
  }
  return make_action((*found)["kind"].text(), Parameters(std::move(values)));
}

base::Result<Rule> read_rule(const Json& request) {
  if (const auto keys = only_keys(request, {"op", "id", "links", "only", "action"}); !keys) {
    return keys.error();
  }
  const auto id = read_id(request);
  if (!id) return id.error();
  auto links = read_links(request);
  if (!links) return links.error();
  auto filter = parse_filter(request.value("only", Json::object()));
  if (!filter) return filter.error();
  auto action = read_action(request);
  if (!action) return action.error();
  return Rule{id.value(), std::move(links).value(), std::move(filter).value(),
              std::move(action).value()};
}

Json to_json(const Evidence& evidence) {
  Json links = Json::object();
  for (const auto& [link, counts] : evidence.links) {
    links[link_name(link)] = {{"seen", counts.seen}, {"discarded", counts.discarded}};
  }
  return {{"seen", evidence.seen},
          {"discarded", evidence.discarded},
          {"delayed", evidence.delayed},
          {"duplicated", evidence.duplicated},
          {"corrupted", evidence.corrupted},
          {"throttled", evidence.throttled},
          {"held", evidence.held},
          {"released", evidence.released},
          {"reordered", evidence.reordered},
          {"replayed", evidence.replayed},
          {"overflowed", evidence.overflowed},
          {"copies-stopped", evidence.copies_stopped},
          {"passed", evidence.passed},
          {"links", std::move(links)}};
}

Json install(Switchboard& board, const Json& request, base::Instant now) {
  auto rule = read_rule(request);
  if (!rule) return refusal(rule.error().message);
  if (const auto status = board.install(std::move(rule).value(), now); !status) {
    return refusal(status.error().message);
  }
  return {{"ok", true}, {"time", base::nanoseconds(now)}};
}

Json remove(Switchboard& board, const Json& request, base::Instant now) {
  if (const auto keys = only_keys(request, {"op", "id"}); !keys) {
    return refusal(keys.error().message);
  }
  const auto id = read_id(request);
  if (!id) return refusal(id.error().message);
  const auto evidence = board.remove(id.value(), now);
  if (!evidence) return refusal("no rule with this id is installed");
  return {{"ok", true}, {"time", base::nanoseconds(now)}, {"evidence", to_json(*evidence)}};
}

Json peek(const Switchboard& board, const Json& request, base::Instant now) {
  if (const auto keys = only_keys(request, {"op", "id"}); !keys) {
    return refusal(keys.error().message);
  }
  const auto id = read_id(request);
  if (!id) return refusal(id.error().message);
  const Evidence* evidence = board.peek(id.value());
  if (evidence == nullptr) return refusal("no rule with this id is installed");
  return {{"ok", true}, {"time", base::nanoseconds(now)}, {"evidence", to_json(*evidence)}};
}

Json remove_all(Switchboard& board, base::Instant now) {
  Json evidence = Json::object();
  for (const std::uint64_t id : board.rules()) {
    evidence[std::to_string(id)] = to_json(*board.remove(id, now));
  }
  return {{"ok", true}, {"time", base::nanoseconds(now)}, {"evidence", std::move(evidence)}};
}

Json stats(const Switchboard& board, base::Instant now) {
  Json links = Json::object();
  for (const auto& [link, counts] : board.stats()) {
    links[link_name(link)] = {{"seen", counts.seen},
                              {"delivered", counts.delivered},
                              {"discarded", counts.discarded},
                              {"lost", counts.lost},
                              {"malformed", counts.malformed},
                              {"implausible", counts.implausible},
                              {"overflowed", counts.overflowed},
                              {"held", counts.held},
                              {"held-bytes", counts.held_bytes}};
  }
  return {{"ok", true},
          {"time", base::nanoseconds(now)},
          {"links", std::move(links)},
          {"held-bytes", board.held_bytes()},
          {"held-bytes-max", board.held_bytes_max()},
          {"kept-bytes", board.kept_bytes()},
          {"rules", board.rules()}};
}

Json set_context(Switchboard& board, const Json& request) {
  if (const auto keys = only_keys(request, {"op", "name"}); !keys) {
    return refusal(keys.error().message);
  }
  const auto name = request.find("name");
  if (name == request.end() || !name->is_string() || name->text().size() > kContextBytesMax) {
    return refusal("name: expected a string of at most " + std::to_string(kContextBytesMax) +
                   " bytes");
  }
  board.chains().set_context(name->text());
  return {{"ok", true}};
}

Json chains(Switchboard& board) {
  Json contexts = Json::object();
  for (const auto& [context, chain, times] : board.chains().counts()) {
    contexts[context][std::to_string(chain)] = times;
  }
  return {
      {"ok", true}, {"contexts", std::move(contexts)}, {"uncounted", board.chains().uncounted()}};
}

Json observe(const Switchboard& board) {
  const Observation& seen = board.observation();
  Json reply = {
      {"ok", true}, {"leader", nullptr}, {"term", seen.term}, {"last-append-time", nullptr}};
  if (seen.leader != 0) {
    reply["leader"] = wire::node_name(seen.leader);
    reply["last-append-time"] = base::nanoseconds(seen.last_append);
  }
  return reply;
}

Json execute(Switchboard& board, const wire::ControlSecret& secret, std::string_view text,
             base::Instant now) {
  if (text.size() > kControlBytesMax) return refusal("the request is too long");
  Json request = Json::parse(text);
  if (!request.is_object()) return refusal("expected one JSON object");
  if (!secret.admits(request)) return refusal(wire::ControlSecret::kRefusal);
  const auto op = request.find("op");
  if (op == request.end() || !op->is_string()) return refusal("op: expected a string");
  const std::string& name = op->text();
  if (name == "install") return install(board, request, now);
  if (name == "remove") return remove(board, request, now);
  if (name == "remove-all") return remove_all(board, now);
  if (name == "peek") return peek(board, request, now);
  if (name == "stats") return stats(board, now);
  if (name == "observe") return observe(board);
  if (name == "context") return set_context(board, request);
  if (name == "chains") return chains(board);
  return refusal(
      "unknown op, expected install, remove, remove-all, peek, stats, observe, context or chains");
}

}  // namespace

std::string Control::handle(std::string_view request, base::Instant now) {
  // dump() replaces invalid UTF-8: an error may quote what the client sent.
  return execute(board_, secret_, request, now).dump();
}

}  // namespace capsize::nemesis::proxy
