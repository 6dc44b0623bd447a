// FlatEdn: reads the one shape of EDN map that nearly all histories consist of: an operation of
// Jepsen on a line of its own, of whole numbers, nil, keywords, plain strings and pairs of numbers.
//
//     {:process 3, :type :invoke, :f :write, :value 5, :time 12, :index 0}
//
// As with FlatJson, whatever is not exactly like that is refused, and the caller asks the real
// reader (edn.h). So nothing is read here that would be read differently there.
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
