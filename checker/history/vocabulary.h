// Vocabulary: what a file calls the fields, functions and types that Capsize knows under its own
// names.
//
// Histories come from many systems, and rarely say "write" or "key". A rule on the command line
// renames one of them while the file is read, so that no format has to know about it:
//
//     key=k          the field `key` is called k in the file
//     f.put=write    a function called put is a write
//     type.done=ok   an event of the type done is an ok
//
// A field that has been given another name is not found under its own any more. A few other names
// are understood without a rule (usual_name).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capsize::checker {

class Vocabulary {
 public:
  /// Adds a rule as it stands on the command line; what is wrong with it, or nothing.
  [[nodiscard]] std::optional<std::string> add(std::string_view rule);

  [[nodiscard]] bool renames_fields() const { return !fields_.empty(); }
  /// Capsize's name of a field of the file; empty where its own name means another field now.
  [[nodiscard]] std::string_view field(std::string_view found) const {
    return fields_.empty() ? found : renamed_field(found);
  }
  [[nodiscard]] std::string_view function(std::string_view found) const {
    return functions_.empty() ? found : meaning(functions_, found);
  }
  [[nodiscard]] std::string_view type(std::string_view found) const {
    return types_.empty() ? found : meaning(types_, found);
  }
  /// The name under which the file should have a field; for messages.
  [[nodiscard]] std::string_view in_file(std::string_view field) const;

 private:
  using Names = std::vector<std::pair<std::string, std::string>>;  // found, meant

  [[nodiscard]] static std::string_view meaning(const Names& names, std::string_view found);
  [[nodiscard]] std::string_view renamed_field(std::string_view found) const;

  Names fields_;
  Names functions_;
  Names types_;
};

/// Capsize's name of a function that other systems call otherwise (get, put, lock, unlock), and of
/// one in capitals; any other name as it is. `known`: names that stay what they are.
[[nodiscard]] std::string_view usual_name(std::string_view found,
                                          const std::vector<std::string_view>& known);
/// A to Z as a to z; all other bytes as they are.
[[nodiscard]] std::string lower_case(std::string_view text);
/// inc and dec: additions to a counter.
[[nodiscard]] bool is_step(std::string_view function);

}  // namespace capsize::checker
