// EtcdOperations: converts the requests that etcd's robustness tests record
// (client-N/operations.json) to operations on single keys.
//
// A request of etcd may touch several keys at once and compare revisions, whereas the models here
// have one key and its values. Each request is split into operations on one key each, all with the
// times of the request. This is sound, because a legal order of the requests implies a legal order
// of the operations on each key. It is weaker than etcd's promise, because the operations of one
// request may take effect at different moments. In detail:
//
// - put, delete, range: a write, a delete, a read of each key in the response. A delete that found
//   nothing is a read of null.
// - a successful comparison of a revision (or of 0, "no such key") with a put of the same key: a
//   cas that expects the value of the key at that revision, if some response shows that value.
//   Equal revisions have equal values, so the cas succeeds whenever etcd's comparison did. If no
//   response shows it, or if a version was compared, only the put remains. A failed comparison says
//   nothing about values.
// - a put with a lease may be undone when the lease ends, so an indeterminate delete is added for
//   it.
// - a request without a response: either of its branches may have taken effect.
// - a read of an older revision is left out, and counted: etcd does not promise that it is
//   linearizable.
//
// Every write raises the revision by one. If the responses show more revisions than the file has
// writes, operations are missing (the file may be that of one client among several), and no
// violation is certain.
//
// Of values of 20 bytes and more etcd records only the hash (FNV-1a, 32 bits).
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

  /// Whether a request is one of etcd's: it names its type.
  [[nodiscard]] static bool recognises(const Element& input);

  /// Adds a request; `whole` has its process, times and line. Returns what is wrong with the
  /// request, if anything.
  struct Problem {
    std::string found;
    std::string expected;
  };
  [[nodiscard]] std::optional<Problem> add(const Element& input,
                                           const std::optional<Element>& output,
                                           const Interval& whole, HistoryBuilder& builder);

  /// Call after the last line: adds the operations that depend on other responses, and notes what
  /// was left out.
  void finish(HistoryBuilder& builder);

  [[nodiscard]] std::uint64_t memory_bytes() const;

 private:
  /// A comparison whose expected value may be shown by any response in the file.
  struct Comparison {
    Interval interval;
    std::string key;
    std::int64_t revision = 0;
    std::optional<ValueId> put;  ///< nothing: no put belongs to it, so it is a read
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
  std::uint64_t unseen_writes_max_ = 0;  // indeterminate writes, and deletes by leases
  std::uint64_t old_reads_ = 0;
  std::uint64_t unknown_requests_ = 0;
  bool is_used_ = false;
};

}  // namespace capsize::checker
