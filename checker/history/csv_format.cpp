// Delimited tables, as databases, spreadsheets and scripts write them (RFC 4180): one operation per
// record, with the times of its start and end. The first line names the columns, ignoring case, and
// shows the delimiter: comma, semicolon, tab or bar. Unknown columns are ignored:
//
//     process,f,key,value,start,end,type
//     3,write,x,5,100,180,ok
//     4,cas,x,"[5,6]",200,,info
//
// The fields are those of the format `intervals`. A value or key that is valid JSON (a number,
// null, a list, a string in JSON's quotes) is that value; any other is a string. An empty cell
// counts as missing, and a record of empty cells is ignored.
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
  kDuration,
  kType,
  kError,
  kColumns
};
constexpr std::array<std::string_view, kColumns> kNames = {
    "process", "f", "key", "value", "result", "start", "end", "duration", "type", "error"};
constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

// The position of each column in a record.
struct Header {
  char delimiter = ',';
  std::size_t width = 0;
  std::array<std::size_t, kColumns> places{};

  bool has(Column column) const { return places[column] != kNowhere; }
  // Returns the first required column that is missing.
  std::optional<Column> missing() const {
    if (!has(kFunction)) return kFunction;
    if (!has(kStart) && !(has(kEnd) && has(kDuration))) return kStart;
    return std::nullopt;
  }
};

std::optional<std::size_t> column_named(std::string_view found, const Vocabulary& vocabulary) {
  const std::string plain = lower_case(found);
  for (const std::string_view name : {vocabulary.field(found), vocabulary.field(plain)}) {
    const auto* const at = std::find(kNames.begin(), kNames.end(), name);
    if (at != kNames.end()) return static_cast<std::size_t>(at - kNames.begin());
  }
  return std::nullopt;
}

Header header_of(const CsvRecord& record, char delimiter, const Vocabulary& vocabulary) {
  Header header{.delimiter = delimiter, .width = record.cells().size()};
  header.places.fill(kNowhere);
  for (std::size_t place = 0; place < header.width; ++place) {
    const auto column = column_named(record.cells()[place].text, vocabulary);
    if (column && header.places[*column] == kNowhere) header.places[*column] = place;
  }
  return header;
}

// Splits the header with the most plausible delimiter: the one that gives the most cells, among
// those that find all required columns, or among all if none does.
std::optional<Header> read_header_line(std::string_view line, const Vocabulary& vocabulary) {
  std::optional<Header> best;
  for (const char delimiter : CsvRecord::kDelimiters) {
    CsvRecord record(delimiter);
    if (record.add_line(line) || record.is_open()) continue;
    const Header header = header_of(record, delimiter, vocabulary);
    const bool is_whole = !header.missing();
    const bool is_better = !best || (is_whole && best->missing()) ||
                           (is_whole == !best->missing() && header.width > best->width);
    if (is_better) best = header;
  }
  return best;
}

// Excel reads, and some programs write, a line that names the delimiter: sep=;
bool names_delimiter(std::string_view line) {
  constexpr std::string_view kBefore = "sep=";
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line.size() == kBefore.size() + 1 && line.starts_with(kBefore);
}

bool recognises(std::string_view first_line, const Vocabulary& vocabulary) {
  if (names_delimiter(first_line)) return true;
  const auto header = read_header_line(first_line, vocabulary);
  return header && !header->missing();
}

class CsvParser final : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    line_ = line.number;
    builder_ = &builder;
    const bool blank = line.text.find_first_not_of(" \t\r") == std::string_view::npos;
    if (blank && !record_.is_open()) return std::nullopt;
    if (!header_) return names_delimiter(line.text) ? std::nullopt : name_columns(line.text);
    auto error = add(line.text);
    if (!error && record_.is_open()) return std::nullopt;
    if (!error) error = operation();
    record_.clear();
    return error;
  }
  std::optional<Malformed> finish(HistoryBuilder& builder) override {
    return holds_no_interval(builder);
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

  // A header that spans several lines is not supported.
  std::optional<LineError> name_columns(std::string_view text) {
    header_ = read_header_line(text, builder_->vocabulary());
    if (!header_) {
      return wrong(1, fmt::format("\"{}\"", excerpt(text)), "the names of the columns on one line");
    }
    record_ = CsvRecord(header_->delimiter);
    const auto missing = header_->missing();
    if (!missing) return std::nullopt;
    return wrong(1,
                 fmt::format("no column \"{}\"", builder_->vocabulary().in_file(kNames[*missing])),
                 fmt::format("the names of the columns: {} (--map f=op names one that is called "
                             "otherwise)",
                             fmt::join(kNames, ",")));
  }

  // Returns the cell in the column, or nothing if it is empty.
  const CsvCell* cell(Column column) const {
    const std::size_t place = header_->places[column];
    if (place >= record_.cells().size()) return nullptr;
    const CsvCell& found = record_.cells()[place];
    return found.text.empty() ? nullptr : &found;
  }

  // Whether all cells from a position on are empty. Spreadsheets write such records, and such cells
  // after the last column.
  bool is_empty_from(std::size_t place) const {
    const auto& cells = record_.cells();
    for (; place < cells.size(); ++place) {
      if (!cells[place].text.empty()) return false;
    }
    return true;
  }

  std::optional<LineError> operation() {
    if (is_empty_from(0) && record_.cells().size() > 1) return std::nullopt;
    if (record_.cells().size() < header_->width || !is_empty_from(header_->width)) {
      return wrong(1, fmt::format("{} cells", record_.cells().size()),
                   fmt::format("{}, as the first line has", header_->width));
    }
    Interval interval;
    interval.line = static_cast<std::uint32_t>(line_);
    interval.process = process();
    const CsvCell* const name = cell(kFunction);
    const auto function = name ? builder_->function(name->text) : std::nullopt;
    if (!function) return wrong(kFunction, "the name of a function");
    interval.function = *function;
    if (interval.process && !builder_->is_client(*interval.process, *function)) return std::nullopt;
    interval.key = key();
    interval.value = value(kValue);
    interval.result = value(kResult);
    const CsvCell* const reason = cell(kError);
    interval.mismatch = reason && reason->text == "mismatch";
    if (auto error = read_times(interval)) return error;
    builder_->add_interval(interval);
    return std::nullopt;
  }

  std::optional<LineError> read_times(Interval& interval) {
    IntervalTimes times;
    for (const auto& [column, time] : {std::pair{kStart, &times.start}, std::pair{kEnd, &times.end},
                                       std::pair{kDuration, &times.duration}}) {
      const CsvCell* const found = cell(column);
      if (found == nullptr) continue;
      *time = builder_->time(std::string_view(found->text));
      if (!*time) return wrong(column, expected_time(*builder_, found->text));
    }
    if (const CsvCell* const type = cell(kType)) {
      interval.outcome = outcome_of(*builder_, type->text);
      if (!interval.outcome) return wrong(kType, std::string(kOutcomeExpected));
    }
    auto problem = set_times(times, interval);
    if (!problem) return std::nullopt;
    const auto* const column = std::find(kNames.begin(), kNames.end(), problem->field);
    return wrong(static_cast<Column>(column - kNames.begin()), std::move(problem->expected));
  }

  // A number or a name; a name that looks like a number needs JSON's quotes.
  std::optional<std::int64_t> process() {
    const auto found = value(kProcess);
    if (!found) return std::nullopt;
    const ValueTable& values = builder_->values();
    if (values.kind(*found) == ValueTable::Kind::kInteger && values.as_integer(*found) >= 0) {
      return values.as_integer(*found);
    }
    const bool is_text = values.kind(*found) == ValueTable::Kind::kText;
    return builder_->process(is_text ? std::string(values.as_text(*found)) : values.json(*found));
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
    if (const auto whole = number(*found)) return builder_->values().integer(*whole);
    if (reads_like_json(found->text)) return parse_json_value(builder_->values(), found->text);
    return builder_->values().text(found->text);
  }

  // Parses a number >= 0 without any other text.
  static std::optional<std::int64_t> number(const CsvCell& found) {
    if (found.text.front() == '-') return std::nullopt;
    if (found.text.front() == '0' && found.text.size() > 1) return std::nullopt;
    std::int64_t whole = 0;
    const char* const end = found.text.data() + found.text.size();
    const auto [stop, error] = std::from_chars(found.text.data(), end, whole);
    if (error != std::errc() || stop != end) return std::nullopt;
    return whole;
  }

  CsvRecord record_;
  std::optional<Header> header_;
  std::uint64_t line_ = 0;
  HistoryBuilder* builder_ = nullptr;
};

const FormatRegistrar kRegistrar(
    {"csv", "a table with delimiters, one operation a line, with the times of its start and end",
     &recognises, []() -> std::unique_ptr<LineParser> { return std::make_unique<CsvParser>(); }});

}  // namespace
}  // namespace capsize::checker
