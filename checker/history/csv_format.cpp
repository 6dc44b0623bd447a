// Comma-separated values (RFC 4180), one operation a record, with the times of its start and end in
// nanoseconds. The first line names the columns; those it does not know are ignored:
//
//     process,f,key,value,start,end,type
//     3,write,x,5,100,180,ok
//     4,cas,x,"[5,6]",200,,info
//
// The fields are those of the format `intervals`. A value or key that reads like JSON (a number,
// null, a list, a text in JSON's own quotes) is that; any other is a text. An empty cell says
// nothing, as if the column was not there.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

#include "checker/history/csv.h"
#include "checker/history/format.h"
#include "checker/history/intervals.h"
#include "checker/history/json.h"

namespace capsize::checker {
namespace {

enum Column : std::size_t {
  kProcess,
  kFunction,
  kKey,
  kValue,
  kResult,
  kStart,
  kEnd,
  kType,
  kError,
  kColumns
};
constexpr std::array<std::string_view, kColumns> kNames = {
    "process", "f", "key", "value", "result", "start", "end", "type", "error"};
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_mark(std::string_view line) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return line;
}

bool recognises(std::string_view first_line, const Vocabulary& vocabulary) {
  CsvRecord header;
  if (header.add_line(without_mark(first_line)) || header.is_open()) return false;
  bool has_function = false;
  bool has_start = false;
  for (const CsvCell& cell : header.cells()) {
    has_function = has_function || vocabulary.field(cell.text) == "f";
    has_start = has_start || vocabulary.field(cell.text) == "start";
  }
  return has_function && has_start;
}

class CsvParser final : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    line_ = line.number;
    builder_ = &builder;
    const bool blank = line.text.find_first_not_of(" \t\r") == std::string_view::npos;
    if (blank && !record_.is_open()) return std::nullopt;
    auto error = add(named_ ? line.text : without_mark(line.text));
    if (!error && record_.is_open()) return std::nullopt;
    if (!error) error = named_ ? operation() : name_columns();
    record_.clear();
    return error;
  }
  bool is_inside_record() const override { return record_.is_open(); }

 private:
  std::optional<LineError> add(std::string_view text) {
    auto error = record_.add_line(text);
    if (!error) return std::nullopt;
    return wrong(error->column, std::move(error->found), std::move(error->expected));
  }

  LineError wrong(std::uint64_t column, std::string found, std::string expected) const {
    return {{builder_->history().file, line_, column, std::move(found), std::move(expected)}, true};
  }

  LineError wrong(Column column, std::string expected) const {
    const std::string_view name = builder_->vocabulary().in_file(kNames[column]);
    const CsvCell* const found = cell(column);
    if (found == nullptr) {
      return wrong(1, fmt::format("nothing in the column {}", name), std::move(expected));
    }
    return wrong(found->column, fmt::format("{}: \"{}\"", name, excerpt(found->text)),
                 std::move(expected));
  }

  std::optional<LineError> name_columns() {
    named_ = true;
    width_ = record_.cells().size();
    places_.fill(kNowhere);
    for (std::size_t place = 0; place < width_; ++place) {
      const std::string_view name = builder_->vocabulary().field(record_.cells()[place].text);
      for (std::size_t column = 0; column < kColumns; ++column) {
        if (kNames[column] == name) places_[column] = place;
      }
    }
    for (const Column needed : {kFunction, kStart}) {
      if (places_[needed] != kNowhere) continue;
      const std::string_view name = builder_->vocabulary().in_file(kNames[needed]);
      return wrong(1, fmt::format("no column \"{}\"", name),
                   fmt::format("the names of the columns: {}", fmt::join(kNames, ",")));
    }
    return std::nullopt;
  }

  // What stands in the column, or nothing where it is empty.
  const CsvCell* cell(Column column) const {
    if (places_[column] == kNowhere || places_[column] >= record_.cells().size()) return nullptr;
    const CsvCell& found = record_.cells()[places_[column]];
    return found.text.empty() ? nullptr : &found;
  }

  std::optional<LineError> operation() {
    if (record_.cells().size() != width_) {
      return wrong(1, fmt::format("{} cells", record_.cells().size()),
                   fmt::format("{}, as the first line has", width_));
    }
    if (const CsvCell* process = cell(kProcess); process && process->text == kNemesis) {
      return std::nullopt;
    }
    Interval interval;
    interval.line = static_cast<std::uint32_t>(line_);
    if (auto error = read_names(interval)) return error;
    if (auto error = read_times(interval)) return error;
    builder_->add_interval(interval);
    return std::nullopt;
  }

  std::optional<LineError> read_names(Interval& interval) {
    if (cell(kProcess)) {
      interval.process = number(kProcess);
      if (!interval.process) return wrong(kProcess, std::string(kProcessExpected));
    }
    const CsvCell* const name = cell(kFunction);
    const auto function = name ? builder_->function(name->text) : std::nullopt;
    if (!function) return wrong(kFunction, "the name of a function");
    interval.function = *function;
    interval.key = key();
    interval.value = value(kValue);
    interval.result = value(kResult);
    const CsvCell* const error = cell(kError);
    interval.mismatch = error && error->text == "mismatch";
    return std::nullopt;
  }

  std::optional<LineError> read_times(Interval& interval) {
    const auto start = number(kStart);
    if (!start) return wrong(kStart, std::string(kTimeExpected));
    interval.start = *start;
    if (cell(kEnd)) {
      interval.end = number(kEnd);
      if (!interval.end) return wrong(kEnd, std::string(kTimeExpected));
    }
    if (const CsvCell* const type = cell(kType)) {
      interval.outcome = builder_->outcome(type->text);
      if (!interval.outcome) return wrong(kType, std::string(kOutcomeExpected));
    }
    if (auto problem = problem_of(interval)) return wrong(kEnd, std::move(problem->expected));
    return std::nullopt;
  }

  KeyId key() {
    const auto found = value(kKey);
    if (!found) return builder_->key("", false);
    const ValueTable& values = builder_->values();
    if (values.kind(*found) == ValueTable::Kind::kText) {
      return builder_->key(values.as_text(*found));
    }
    return builder_->key(values.json(*found), false);
  }

  std::optional<ValueId> value(Column column) {
    const CsvCell* const found = cell(column);
    if (found == nullptr) return std::nullopt;
    if (const auto whole = number(column)) return builder_->values().integer(*whole);
    if (reads_like_json(found->text)) return parse_json_value(builder_->values(), found->text);
    return builder_->values().text(found->text);
  }

  // A number >= 0 and nothing else.
  std::optional<std::int64_t> number(Column column) const {
    const CsvCell* const found = cell(column);
    if (found == nullptr || found->text.front() == '-') return std::nullopt;
    if (found->text.front() == '0' && found->text.size() > 1) return std::nullopt;
    std::int64_t whole = 0;
    const char* const end = found->text.data() + found->text.size();
    const auto [stop, error] = std::from_chars(found->text.data(), end, whole);
    if (error != std::errc() || stop != end) return std::nullopt;
    return whole;
  }

  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

  CsvRecord record_;
  std::array<std::size_t, kColumns> places_{};
  std::size_t width_ = 0;
  std::uint64_t line_ = 0;
  HistoryBuilder* builder_ = nullptr;
  bool named_ = false;
};

const FormatRegistrar kRegistrar(
    {"csv", "comma-separated values, one operation a line, with start and end in nanoseconds",
     &recognises, []() -> std::unique_ptr<LineParser> { return std::make_unique<CsvParser>(); }});

}  // namespace
}  // namespace capsize::checker
