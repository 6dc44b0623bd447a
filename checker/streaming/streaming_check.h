// Streaming check: judges a history that is still being written, for registers with distinct
// values. It decides event by event, in memory that depends on what is open and not on the length
// of the history (streamed_register.h).
//
// It ends at the first violation of the completed prefix, without waiting for the rest; at the end
// of the source; or when the caller stops it. Operations that are open at the end are
// indeterminate, as in any history.
//
// How it fails: a malformed line, an event that breaks the rules of its process, an index that goes
// backwards (events are not reordered here) or a function that is not a register's is a usage
// error. A value that is written a second time while the first one may still be read makes the
// verdict unknown.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "checker/history/line_reader.h"
#include "checker/history/read_options.h"
#include "checker/report/report.h"

namespace capsize::checker {

struct FollowOptions {
  ReadOptions reading = {};
  std::optional<std::string> initial_json = {};  ///< else the header line's, else null
  /// The approximate memory bound; beyond it the verdict is unknown.
  std::uint64_t memory_limit_bytes = std::uint64_t{4} << 30;
};

/// The verdict on everything that came before the source ended.
[[nodiscard]] Report follow(LineReader& lines, const std::string& file,
                            const FollowOptions& options);

/// The same check, for a caller that reads the lines itself and wants to know the verdict so far.
class StreamingCheck {
 public:
  /// `format`: of the lines (checker/history/format.h). Precondition: there is such a format.
  StreamingCheck(std::string file, std::string_view format, FollowOptions options);
  ~StreamingCheck();
  StreamingCheck(StreamingCheck&&) noexcept;
  StreamingCheck& operator=(StreamingCheck&&) noexcept;

  /// Judges whole lines, each with its line feed. O(lines). Returns false once the verdict is
  /// final; further lines change nothing.
  bool take(std::string_view lines);
  /// The report as if the history had ended here: operations that are open are indeterminate.
  [[nodiscard]] Report so_far() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace capsize::checker
