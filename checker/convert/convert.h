// Convert: writes a history in another format.
//
// The target keeps everything about operations that its format can represent: outcomes, order,
// processes, keys, values and times. Losses are reported, and a history whose meaning would change
// is refused.
//
// A new target is one new file in this folder that passes a HistoryWriter to a `WriterRegistrar`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "checker/history/history.h"

namespace capsize::checker {

/// Receives the text in pieces, line feeds included.
using TextSink = std::function<void(std::string_view text)>;

struct Conversion {
  /// Why the target cannot represent this history; then nothing was written.
  std::optional<std::string> refusal;
  /// What the text lost, one phrase each.
  std::vector<std::string> lost;
};

struct HistoryWriter {
  std::string_view name;  ///< the name of the format that reads it
  Conversion (*write)(const History& history, const TextSink& sink);
};

[[nodiscard]] std::vector<const HistoryWriter*> list_writers();
[[nodiscard]] const HistoryWriter* find_writer(std::string_view name);

/// Registers a writer when the program starts.
using WriterRegistrar = base::Registrar<HistoryWriter>;

}  // namespace capsize::checker
