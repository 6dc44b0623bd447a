// HistoryFormat: one way to write a history down, line by line.
//
// A format turns a line into events and hands them to the HistoryBuilder; files, bounds, cut-off
// last lines and the rules of processes are not its business. A new format is one new file in this
// folder that fills in a HistoryFormat and hands it to a `FormatRegistrar`.
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
  /// The line may just be the beginning of a longer one. If it is the last and has no line feed,
  /// the file was cut off there, and what stands before is read as the history.
  bool may_be_cut_off = false;
};

/// Parses the lines of one file; may keep what it needs from line to line.
class LineParser {
 public:
  virtual ~LineParser() = default;
  virtual std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) = 0;
  /// The same for a line that was taken apart already; false, and nothing happened, where the line
  /// has to be parsed after all.
  virtual bool accept(const PlainEvent&, const Line&, HistoryBuilder&) { return false; }
  /// After the last line: adds what had to wait for it. What is wrong with the file as a whole, or
  /// nothing.
  virtual std::optional<Malformed> finish(HistoryBuilder&) { return std::nullopt; }
  /// What it keeps from line to line, where that grows with the file.
  [[nodiscard]] virtual std::uint64_t memory_bytes() const { return 0; }
  /// What has been begun on the lines so far is not complete: a file that ends here was cut off.
  [[nodiscard]] virtual bool is_inside_record() const { return false; }
};

struct HistoryFormat {
  std::string_view name;
  std::string_view summary;  ///< one line for `capsize list formats`
  /// Whether a file whose first line that is not empty reads like this is in the format.
  bool (*recognises)(std::string_view first_line, const Vocabulary& vocabulary);
  std::unique_ptr<LineParser> (*make_parser)();
  /// Optional: takes apart the lines that are simple, on any thread, for accept().
  PlainReader read_plain = nullptr;
  /// A failed cas of such a file saw another value than the expected one.
  bool failed_cas_observes = false;
  /// It takes any file of its notation: those that know their own fields are asked first.
  bool is_general = false;
};

/// All formats, by name.
[[nodiscard]] std::vector<const HistoryFormat*> list_formats();
[[nodiscard]] const HistoryFormat* find_format(std::string_view name);

/// Registers a format when the program starts.
using FormatRegistrar = base::Registrar<HistoryFormat>;

}  // namespace capsize::checker
