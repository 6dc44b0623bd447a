#include "checker/properties/trace.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "checker/history/json.h"

namespace capsize::checker {
namespace {

using simdjson::dom::element;

constexpr std::uint64_t kTraceVersion = 1;

constexpr std::array<std::pair<std::string_view, TraceKind>, 13> kKinds{{
    {"start", TraceKind::kStart},
    {"term", TraceKind::kTerm},
    {"vote", TraceKind::kVote},
    {"role", TraceKind::kRole},
    {"append", TraceKind::kAppendEntries},
    {"truncate", TraceKind::kTruncate},
    {"commit", TraceKind::kCommit},
    {"apply", TraceKind::kApply},
    {"snapshot", TraceKind::kSnapshot},
    {"install", TraceKind::kInstall},
    {"config", TraceKind::kConfig},
    {"snapshot-begin", TraceKind::kSnapshotBegin},
    {"transfer", TraceKind::kTransfer},
}};

constexpr std::array<std::pair<std::string_view, Role>, 4> kRoles{{
    {"follower", Role::kFollower},
    {"precandidate", Role::kPrecandidate},
    {"candidate", Role::kCandidate},
    {"leader", Role::kLeader},
}};

TraceKind kind_of(std::string_view name) {
  for (const auto& [known, kind] : kKinds) {
    if (known == name) return kind;
  }
  return TraceKind::kOther;
}

std::optional<Role> role_of(std::string_view name) {
  for (const auto& [known, role] : kRoles) {
    if (known == name) return role;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> hash_of(std::string_view text) {
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (error != std::errc() || end != text.data() + text.size() || text.size() != 16) {
    return std::nullopt;
  }
  return hash;
}

}  // namespace

std::string_view name(TraceKind kind) {
  for (const auto& [known, of_kind] : kKinds) {
    if (of_kind == kind) return known;
  }
  return "other";
}

std::string_view name(Role role) {
  return kRoles[static_cast<std::size_t>(role)].first;  // in the order of the enumerators
}

NodeNumber NodeNames::number(std::string_view name) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) return static_cast<NodeNumber>(found - names_.begin());
  names_.emplace_back(name);
  return static_cast<NodeNumber>(names_.size() - 1);
}

// simdjson stays in this file.
struct TraceLineParser::State {
  static constexpr std::size_t kFirstCapacity = 4096;

  simdjson::dom::parser json;
  std::string_view wrong_field;  // why the last line was not an event; empty: not a JSON object
  std::string expected;
  bool fits;

  State() : fits(json.allocate(kFirstCapacity, kJsonDepthMax) == simdjson::SUCCESS) {}

  std::optional<TraceEvent> parse(std::string_view line, NodeNames& names) {
    wrong_field = {};
    if (line.size() > json.capacity()) {
      fits = json.allocate(line.size() * 2, kJsonDepthMax) == simdjson::SUCCESS;
    }
    if (!fits) return std::nullopt;
    simdjson::dom::object object;
    if (json.parse(line.data(), line.size(), false).get(object) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    TraceEvent event;
    Found found;
    for (const auto field : object) {
      if (!read_field(field.key, field.value, names, event, found)) return std::nullopt;
    }
    if (!found.time) return missing("time");
    if (!found.node) return missing("node");
    if (!found.event) return missing("event");
    if (!found.first) event.first = event.index;
    return event;
  }

 private:
  struct Found {
    bool time = false, node = false, event = false, first = false;
  };

  std::nullopt_t missing(std::string_view field) {
    wrong_field = field;
    expected = fmt::format("a \"{}\"", field);
    return std::nullopt;
  }

  bool accept(bool fine, std::string_view field, std::string_view what) {
    if (fine) return true;
    wrong_field = field;
    expected = what;
    return false;
  }

  static bool read(const element& value, std::uint64_t& out) {
    return value.get(out) == simdjson::SUCCESS;
  }

  // Switches on the first letter of a name, because this runs for each field of a million lines.
  bool read_field(std::string_view name, const element& value, NodeNames& names, TraceEvent& event,
                  Found& found) {
    std::string_view text;
    if (name == "time") {
      found.time = true;
      return accept(value.get(event.time) == simdjson::SUCCESS, "time", "nanoseconds");
    }
    if (name == "node") {
      found.node = value.get(text) == simdjson::SUCCESS;
      if (found.node) event.node = names.number(text);
      return accept(found.node, "node", "a name");
    }
    if (name == "event") {
      found.event = value.get(text) == simdjson::SUCCESS;
      if (found.event) event.kind = kind_of(text);
      return accept(found.event, "event", "the name of an event");
    }
    if (name == "role") {
      const bool is_text = value.get(text) == simdjson::SUCCESS;
      const auto role = is_text ? role_of(text) : std::nullopt;
      if (role) event.role = *role;
      return accept(role.has_value(), "role", "follower, precandidate, candidate or leader");
    }
    if (name == "hash") {
      const bool is_text = value.get(text) == simdjson::SUCCESS;
      const auto hash = is_text ? hash_of(text) : std::nullopt;
      event.has_hash = hash.has_value();
      event.hash = hash.value_or(0);
      return accept(event.has_hash, "hash", "16 hexadecimal digits");
    }
    return read_number(name, value, event, found);
  }

  bool read_number(std::string_view name, const element& value, TraceEvent& event, Found& found) {
    constexpr std::string_view kNumber = "a number >= 0";
    if (name == "capsize-trace") {
      std::uint64_t version = 0;
      return accept(read(value, version) && version == kTraceVersion, name, "version 1");
    }
    if (name == "term") return accept(read(value, event.term), "term", kNumber);
    if (name == "entry-term") return accept(read(value, event.entry_term), "entry-term", kNumber);
    if (name == "incarnation") {
      return accept(read(value, event.incarnation), "incarnation", kNumber);
    }
    if (name == "first") {
      found.first = true;
      return accept(read(value, event.first), "first", kNumber);
    }
    if (name == "index") {
      event.has_index = true;
      return accept(read(value, event.index), "index", kNumber);
    }
    return true;
  }
};

TraceLineParser::TraceLineParser() : state_(std::make_unique<State>()) {}
TraceLineParser::~TraceLineParser() = default;
TraceLineParser::TraceLineParser(TraceLineParser&&) noexcept = default;

std::optional<TraceEvent> TraceLineParser::parse(std::string_view line, NodeNames& names) {
  return state_->parse(line, names);
}

std::string_view TraceLineParser::wrong_field() const {
  return state_->wrong_field;
}

const std::string& TraceLineParser::expected() const {
  return state_->expected;
}

std::optional<TraceEvent> TraceReader::next() {
  while (!malformed_) {
    const auto line = lines_.next();
    if (!line) break;
    if (line->text.empty()) continue;
    if (auto event = parse(*line)) return event;
    if (!line->terminated) return std::nullopt;
    if (auto event = after_torn_line(*line)) return event;
  }
  if (!malformed_) malformed_ = lines_.failure(file_);
  return std::nullopt;
}

// The current line is not an event. That is legal if a new incarnation starts after it, on the same
// line (the killed process wrote no line feed) or on the next one.
std::optional<TraceEvent> TraceReader::after_torn_line(const Line& torn) {
  Malformed why{file_, torn.number, 1, {}, {}};
  if (parser_.wrong_field().empty()) {
    JsonError where = explain_json_error(torn.text);
    why.column = where.column;
    why.found = std::move(where.found);
    why.expected = std::move(where.expected);
  } else {
    why.column = column_of(torn.text, parser_.wrong_field());
    why.found = fmt::format("\"{}\"", excerpt(torn.text));
    why.expected = parser_.expected();
  }
  for (std::size_t brace = torn.text.rfind('{'); brace != std::string_view::npos && brace > 0;
       brace = torn.text.rfind('{', brace - 1)) {
    const auto event = parse({torn.text.substr(brace), torn.number, true});
    if (event && event->kind == TraceKind::kStart) return event;
  }
  // Must be last, because reading the next line overwrites the reader's buffer.
  if (const auto following = lines_.next()) {
    const auto event = parse(*following);
    if (event && event->kind == TraceKind::kStart) return event;
  }
  malformed_ = std::move(why);
  return std::nullopt;
}

MergedTraces::MergedTraces(std::vector<TraceReader> readers) : readers_(std::move(readers)) {
  for (TraceReader& reader : readers_) heads_.push_back(reader.next());
}

std::optional<TraceEvent> MergedTraces::next() {
  std::size_t earliest = heads_.size();
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    if (!heads_[i]) continue;
    if (earliest == heads_.size() || heads_[i]->time < heads_[earliest]->time) earliest = i;
  }
  if (earliest == heads_.size()) return std::nullopt;
  return std::exchange(heads_[earliest], readers_[earliest].next());
}

std::optional<Malformed> MergedTraces::malformed() const {
  for (const TraceReader& reader : readers_) {
    if (reader.malformed()) return reader.malformed();
  }
  return std::nullopt;
}

}  // namespace capsize::checker
