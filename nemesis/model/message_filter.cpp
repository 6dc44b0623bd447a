#include "nemesis/model/message_filter.h"

#include "base/mismatch.h"

#include <algorithm>
#include <array>

namespace capsize::nemesis {
namespace {

using base::Json;

constexpr std::array<std::string_view, 7> kKeys = {"types", "term",  "index",      "every",
                                                   "skip",  "count", "probability"};

base::Error invalid_value(std::string_view key, const Json& found, std::string_view expected) {
  // Truncated: the value may be hostile, and the message must stay one line.
  return {"only." + std::string(key) + ": " + base::mismatch(found.dump(), expected)};
}

base::Status check_keys(const Json& only) {
  if (!only.is_object()) {
    return base::Error{"only: " + base::mismatch(only.dump(), "an object")};
  }
  for (const auto& [key, value] : only.items()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
    return base::Error{
        "only: " + base::mismatch("key " + key,
                                  "one of: types, term, index, every, skip, count, probability")};
  }
  return {};
}

base::Status read_types(const Json& only, TypeSet& types) {
  const auto found = only.find("types");
  if (found == only.end()) return {};
  const auto* expected = "a list of message types such as [\"AppendEntries\"], not empty";
  if (!found->is_array() || found->empty()) return invalid_value("types", *found, expected);
  types.reset();
  for (const Json& name : *found) {
    const auto type = name.is_string() ? wire::parse_type(name.text()) : std::nullopt;
    if (!type) return invalid_value("types", name, "a message type such as \"AppendEntries\"");
    types.set(static_cast<std::size_t>(*type));
  }
  return {};
}

base::Status read_range(const Json& only, const char* key, Range& range) {
  const auto found = only.find(key);
  if (found == only.end()) return {};
  const auto* expected = "[min, max], such as [3,9]";
  const bool pair = found->is_array() && found->size() == 2 && (*found)[0].is_unsigned() &&
                    (*found)[1].is_unsigned();
  if (!pair) return invalid_value(key, *found, expected);
  range = {(*found)[0].get<std::uint64_t>(), (*found)[1].get<std::uint64_t>()};
  return range.min <= range.max ? base::Status() : invalid_value(key, *found, expected);
}

base::Status read_number(const Json& only, const char* key, std::uint64_t min,
                         std::uint64_t& number) {
  const auto found = only.find(key);
  if (found == only.end()) return {};
  const bool fits = found->is_unsigned() && found->get<std::uint64_t>() >= min;
  if (!fits) return invalid_value(key, *found, "a whole number of at least " + std::to_string(min));
  number = found->get<std::uint64_t>();
  return {};
}

base::Status read_probability(const Json& only, double& probability) {
  const auto found = only.find("probability");
  if (found == only.end()) return {};
  const double value = found->is_number() ? found->get<double>() : -1;
  if (!(value >= 0 && value <= 1))
    return invalid_value("probability", *found, "a number from 0 to 1");
  probability = value;
  return {};
}

}  // namespace

bool Filter::passes(const wire::Header& header, base::Prng& random) {
  if (!options_.scope.contains(header)) return false;
  if (++in_scope_ % options_.every != 0) return false;
  if (++chosen_ <= options_.skip || chosen_ - options_.skip > options_.count) return false;
  return options_.probability == 1 || random.chance(options_.probability);
}

bool Filter::is_scope() const {
  const Options plain;
  return options_.every == plain.every && options_.skip == plain.skip &&
         options_.count == plain.count && options_.probability == plain.probability;
}

base::Result<Filter> parse_filter(const Json& only) {
  if (const auto keys = check_keys(only); !keys) return keys.error();
  Filter::Options options;
  for (const auto& status :
       {read_types(only, options.scope.types), read_range(only, "term", options.scope.term),
        read_range(only, "index", options.scope.index),
        read_number(only, "every", 1, options.every), read_number(only, "skip", 0, options.skip),
        read_number(only, "count", 1, options.count),
        read_probability(only, options.probability)}) {
    if (!status) return status.error();
  }
  return Filter(options);
}

base::Status check_only(const base::Json& only) {
  const auto filter = parse_filter(only);
  return filter ? base::Status() : base::Status(filter.error());
}

}  // namespace capsize::nemesis
