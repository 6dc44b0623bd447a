// FlatEdn: parses the one kind of EDN map that nearly all histories consist of: an operation of
// Jepsen on a line of its own, with integers, nil, keywords, plain strings and pairs of numbers.
//
//     {:process 3, :type :invoke, :f :write, :value 5, :time 12, :index 0}
//
// As with FlatJson, any other line is refused, and the caller uses the general reader (edn.h).
// Lines that are accepted here have the same meaning there.
#pragma once

#include <string_view>

#include "checker/history/flat_json.h"
#include "checker/history/plain_event.h"

namespace capsize::checker {

[[nodiscard]] bool read_flat_edn(std::string_view line, const Vocabulary& vocabulary,
                                 FlatFields& fields);

/// The same as an event (plain_event.h).
[[nodiscard]] bool read_plain_edn(std::string_view line, const Vocabulary& vocabulary,
                                  PlainEvent& event);

}  // namespace capsize::checker
