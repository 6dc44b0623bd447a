// EtcdOperations: what etcd's robustness tests record (client-N/operations.json), as operations on
// single keys.
//
// A request of etcd may touch several keys at once and compares revisions, where the models here
// know one key and its values. Each request is taken apart into pieces of one key, all with its
// times. That is sound, as a legal order of the requests gives a legal order of the pieces of each
// key; it is weaker, since the pieces may take effect apart. In detail:
//
// - put, delete, range: write, delete, a read of each key that came back. A delete that found
//   nothing is a read of null.
// - a comparison of a revision (or of 0, "no such key") that held, before a put of the same key: a
//   cas on the value that the key had at that revision, where some response shows which that was;
//   equal revisions have equal values, so the cas succeeds where etcd did. Where no response shows
//   it, and where a version was compared, only the put remains. A comparison that failed says
//   nothing about values.
// - a put with a lease may be undone when the lease ends: each has an indeterminate delete beside
//   it.
// - a request without a response may have taken effect, either branch of it.
// - a read of an older revision is left out, and counted: it is not meant to be linearizable.
//
// Every write raises the revision by one. Where more revisions have passed than the file has writes
// for, operations are missing, as in the file of one client among several, and no violation is
// certain.
//
// Values of 20 bytes and more are known by their hash only (FNV-1a, 32 bits), as etcd records them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/history/builder.h"

namespace simdjson::dom {
class element;
}

namespace capsize::checker {

class EtcdOperations {
 public:
  using Element = simdjson::dom::element;

  /// Whether a request is one of etcd's: it says its type by name.
  [[nodiscard]] static bool recognises(const Element& input);

  /// `whole` has the process, the times and the line of the request. What is wrong with it, or
  /// nothing.
  struct Problem {
    std::string found;
    std::string expected;
  };
  [[nodiscard]] std::optional<Problem> add(const Element& input,
                                           const std::optional<Element>& output,
                                           const Interval& whole, HistoryBuilder& builder);

  /// After the last line: adds what had to wait for all responses, and notes what was left out.
  void finish(HistoryBuilder& builder);

  [[nodiscard]] std::uint64_t memory_bytes() const;

 private:
  /// A comparison, whose value only a response somewhere in the file may show.
  struct Comparison {
    Interval interval;
    std::string key;
    std::int64_t revision = 0;
    std::optional<ValueId> put;  ///< nothing: it stands alone, and is a read
  };
  struct Piece;
  struct Request;

  void add_range(const Request& request, const Element& range, const Element& response);
  void add_branch(const Request& request, const std::vector<Piece>& pieces,
                  const std::vector<Element>* results);
  void add_piece(const Request& request, const Piece& piece, const Element* result);
  [[nodiscard]] std::optional<Problem> add_txn(const Request& request, const Element& txn,
                                               const std::optional<Element>& response);
  void add_comparisons(const Request& request, const Element& txn, std::vector<Piece>& pieces);
  void note_value(std::string_view key, std::int64_t revision, ValueId value);
  void emit(const Request& request, FunctionId function, std::string_view key,
            std::optional<ValueId> value);

  std::vector<Comparison> comparisons_;
  // The value of a key at a revision; kNoValue where responses differ.
  std::map<std::pair<std::string, std::int64_t>, ValueId> values_;
  std::vector<std::int64_t> written_revisions_;
  std::int64_t last_revision_ = 0;
  std::uint64_t unseen_writes_max_ = 0;  // indeterminate ones, and what leases may have deleted
  std::uint64_t old_reads_ = 0;
  std::uint64_t unknown_requests_ = 0;
  bool is_used_ = false;
};

}  // namespace capsize::checker
