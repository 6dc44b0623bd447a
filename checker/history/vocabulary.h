// Vocabulary: the names that a file uses for Capsize's fields, functions and types.
//
// Histories come from many systems, and rarely say "write" or "key". A rule on the command line
// renames one of them while the file is read, so that no format has to know about it:
//
//     key=k          the field `key` is called k in the file
//     f.put=write    a function called put is a write
//     type.done=ok   an event of the type done is an ok
//
// A field that a rule renames is no longer found under its original name. A few synonyms are known
// without a rule (usual_name).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capsize::checker {

class Vocabulary {
 public:
  /// Adds a rule in the syntax of the command line. Returns what is wrong with it, if anything.
  [[nodiscard]] std::optional<std::string> add(std::string_view rule);

  [[nodiscard]] bool renames_fields() const { return !fields_.empty(); }
  /// Returns Capsize's name of a field of the file; empty if a rule has given that name to another
  /// field.
  [[nodiscard]] std::string_view field(std::string_view found) const {
    return fields_.empty() ? found : renamed_field(found);
  }
  [[nodiscard]] std::string_view function(std::string_view found) const {
    return functions_.empty() ? found : meaning(functions_, found);
  }
  [[nodiscard]] std::string_view type(std::string_view found) const {
    return types_.empty() ? found : meaning(types_, found);
  }
  /// Returns the name of a field in the file, for messages.
  [[nodiscard]] std::string_view in_file(std::string_view field) const;

 private:
  using Names = std::vector<std::pair<std::string, std::string>>;  // in the file, Capsize's

  [[nodiscard]] static std::string_view meaning(const Names& names, std::string_view found);
  [[nodiscard]] std::string_view renamed_field(std::string_view found) const;

  Names fields_;
  Names functions_;
  Names types_;
};

/// Returns Capsize's name for a synonym (get, put, lock, unlock) or a name in capitals, and any
/// other name unchanged. Names in `known` stay unchanged.
[[nodiscard]] std::string_view usual_name(std::string_view found,
                                          const std::vector<std::string_view>& known);
/// Returns the text with A to Z as a to z, and all other bytes unchanged.
[[nodiscard]] std::string lower_case(std::string_view text);
/// Whether a function is inc or dec, an addition to a counter.
[[nodiscard]] bool is_step(std::string_view function);

}  // namespace capsize::checker
