// HistoryFormat: a line-based notation for histories.
//
// A format converts a line to events and passes them to the HistoryBuilder. Files, bounds,
// truncated last lines and the rules of processes are handled elsewhere. A new format is one new
// file in this folder that fills in a HistoryFormat and passes it to a `FormatRegistrar`.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "checker/history/builder.h"
#include "checker/history/line_blocks.h"
#include "checker/history/line_reader.h"
#include "checker/history/malformed.h"

namespace capsize::checker {

struct LineError {
  Malformed malformed;
  /// The line may be the beginning of a longer one. If it is the last line and has no line feed,
  /// the file was truncated there, and the lines before it are the history.
  bool may_be_cut_off = false;
};

/// Parses the lines of one file. It may keep state between lines.
class LineParser {
 public:
  virtual ~LineParser() = default;
  virtual std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) = 0;
  /// The same for a line that has been parsed to a PlainEvent. Returns false, without an effect, if
  /// the line needs the general parser.
  virtual bool accept(const PlainEvent&, const Line&, HistoryBuilder&) { return false; }
  /// Called after the last line: adds events that depend on later lines. Returns what is wrong with
  /// the file as a whole, if anything.
  virtual std::optional<Malformed> finish(HistoryBuilder&) { return std::nullopt; }
  /// Memory for the state that it keeps between lines, if that grows with the file.
  [[nodiscard]] virtual std::uint64_t memory_bytes() const { return 0; }
  /// Whether a record has begun and not ended: a file that ends here was truncated.
  [[nodiscard]] virtual bool is_inside_record() const { return false; }
};

struct HistoryFormat {
  std::string_view name;
  std::string_view summary;  ///< one line for `capsize list formats`
  /// Whether a file with this first non-empty line is in the format.
  bool (*recognises)(std::string_view first_line, const Vocabulary& vocabulary);
  std::unique_ptr<LineParser> (*make_parser)();
  /// Optional: parses simple lines for accept(), on any thread.
  PlainReader read_plain = nullptr;
  /// In this format a failed cas has observed a value other than the expected one.
  bool failed_cas_observes = false;
  /// The format accepts any file of its notation, so more specific formats are tried first.
  bool is_general = false;
};

/// All formats, by name.
[[nodiscard]] std::vector<const HistoryFormat*> list_formats();
[[nodiscard]] const HistoryFormat* find_format(std::string_view name);

/// Registers a format when the program starts.
using FormatRegistrar = base::Registrar<HistoryFormat>;

}  // namespace capsize::checker
