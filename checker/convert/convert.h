// Convert: writes a history in another format.
//
// What a file says about operations is kept wherever the target can hold it: outcomes, order,
// processes, keys, values and times. What it cannot hold is named, and a history that would change
// its meaning is refused.
//
// A new target is one new file in this folder that gives a HistoryWriter to a `WriterRegistrar`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "checker/history/history.h"

namespace capsize::checker {

/// Takes the text piece by piece; line feeds are part of it.
using TextSink = std::function<void(std::string_view text)>;

struct Conversion {
  /// Why the target cannot hold this history; nothing was written then.
  std::optional<std::string> refusal;
  /// What is not in the text any more, one phrase each.
  std::vector<std::string> lost;
};

struct HistoryWriter {
  std::string_view name;  ///< that of the format which reads it
  Conversion (*write)(const History& history, const TextSink& sink);
};

[[nodiscard]] std::vector<const HistoryWriter*> list_writers();
[[nodiscard]] const HistoryWriter* find_writer(std::string_view name);

/// Registers a writer when the program starts.
using WriterRegistrar = base::Registrar<HistoryWriter>;

}  // namespace capsize::checker
