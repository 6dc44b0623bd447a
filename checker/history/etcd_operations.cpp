#include "checker/history/etcd_operations.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

namespace capsize::checker {

using Element = EtcdOperations::Element;

namespace {

using simdjson::dom::array;

std::optional<Element> member(const Element& of, std::string_view name) {
  Element found;
  if (of.is_object() && of[name].get(found) == simdjson::SUCCESS && !found.is_null()) return found;
  return std::nullopt;
}

// Finds a field that had another name in older versions.
std::optional<Element> member(const Element& of, std::string_view name, std::string_view before) {
  if (auto found = member(of, name)) return found;
  return member(of, before);
}

std::string_view text_of(const Element& of, std::string_view name) {
  std::string_view text;
  const auto found = member(of, name);
  if (!found || found->get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::int64_t number_of(const Element& of, std::string_view name) {
  std::int64_t number = 0;
  const auto found = member(of, name);
  if (!found || found->get(number) != simdjson::SUCCESS) return 0;
  return number;
}

bool flag_of(const Element& of, std::string_view name) {
  bool flag = false;
  const auto found = member(of, name);
  return found && found->get(flag) == simdjson::SUCCESS && flag;
}

std::vector<Element> elements_of(const Element& of, std::string_view name,
                                 std::string_view before = {}) {
  std::vector<Element> elements;
  const auto found = before.empty() ? member(of, name) : member(of, name, before);
  array list;
  if (!found || found->get(list) != simdjson::SUCCESS) return elements;
  for (const Element element : list) elements.push_back(element);
  return elements;
}

// FNV-1a, the hash that etcd's tests record for long values.
std::int64_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

ValueId hashed(ValueTable& values, std::int64_t hash) {
  const ValueId members[] = {values.text("Hash"), values.integer(hash)};
  return values.map(members);
}

ValueId value_of(const Element& of, ValueTable& values) {
  constexpr std::size_t kHashedBytes = 20;
  const auto found = member(of, "Value");
  if (!found) return values.text("");
  std::string_view text;
  if (found->get(text) != simdjson::SUCCESS) text = text_of(*found, "Value");
  if (text.size() >= kHashedBytes) return hashed(values, hash_of(text));
  const std::int64_t hash = number_of(*found, "Hash");
  return hash != 0 ? hashed(values, hash) : values.text(text);
}

bool has_error(const Element& output) {
  for (const std::string_view name : {"Error", "Err"}) {
    const auto error = member(output, name);
    std::string_view text;
    // Go encodes an error as an object without fields.
    if (error && (error->get(text) != simdjson::SUCCESS || !text.empty())) return true;
  }
  return flag_of(output, "Persisted") || flag_of(output, "PartialResponse") ||
         flag_of(output, "ResultUnknown");
}

constexpr std::string_view kNoKeyTypes[] = {"leaseGrant", "leaseRevoke", "defragment", "compact"};

}  // namespace

struct EtcdOperations::Request {
  const Interval& whole;
  HistoryBuilder& builder;
  bool known;  // it has a response
  std::int64_t revision;
};

// One operation of a branch.
struct EtcdOperations::Piece {
  enum class Kind : std::uint8_t { kPut, kRemove, kRange, kUnknown } kind = Kind::kUnknown;
  Element body;
  std::string_view key;
  bool is_cas = false;  // a comparison takes its place
};

bool EtcdOperations::recognises(const Element& input) {
  const std::string_view type = text_of(input, "Type");
  return type == "range" || type == "txn" || std::ranges::count(kNoKeyTypes, type) > 0;
}

std::uint64_t EtcdOperations::memory_bytes() const {
  return comparisons_.capacity() * (sizeof(Comparison) + 32) + values_.size() * 128 +
         written_revisions_.capacity() * sizeof(std::int64_t);
}

std::optional<EtcdOperations::Problem> EtcdOperations::add(const Element& input,
                                                           const std::optional<Element>& output,
                                                           const Interval& whole,
                                                           HistoryBuilder& builder) {
  is_used_ = true;
  const std::string_view type = text_of(input, "Type");
  if (output && !text_of(*output, "ClientError").empty()) {
    builder.skip_line();  // refused before it had any effect
    return std::nullopt;
  }
  const bool known = output && whole.end && !has_error(*output);
  const std::int64_t revision = known ? number_of(*output, "Revision") : 0;
  last_revision_ = std::max(last_revision_, revision);
  const Request request{whole, builder, known, revision};
  if (std::ranges::count(kNoKeyTypes, type) > 0) {
    builder.skip_line();  // deletes by leases are added with the puts
    return std::nullopt;
  }
  if (type == "range") {
    const auto range = member(input, "Range");
    const auto response = output ? member(*output, "Range") : std::nullopt;
    if (!range || (known && !response)) return Problem{"a range without its \"Range\"", "both"};
    if (known) add_range(request, *range, *response);
    return std::nullopt;
  }
  const auto txn = member(input, "Txn");
  if (!txn) return Problem{"a txn without \"Txn\"", "its operations"};
  return add_txn(request, *txn, output ? member(*output, "Txn") : std::nullopt);
}

void EtcdOperations::emit(const Request& request, FunctionId function, std::string_view key,
                          std::optional<ValueId> value) {
  Interval interval = request.whole;
  interval.function = function;
  interval.key = request.builder.key(key);
  interval.value = value;
  interval.outcome = request.known ? Outcome::kOk : Outcome::kInfo;
  request.builder.add_interval(interval);
}

void EtcdOperations::note_value(std::string_view key, std::int64_t revision, ValueId value) {
  if (revision <= 0) return;
  const auto [at, is_new] = values_.emplace(std::pair(std::string(key), revision), value);
  if (!is_new && at->second != value) at->second = kNoValue;
}

// Only a request for a single key shows which key is missing from the response.
void EtcdOperations::add_range(const Request& request, const Element& range,
                               const Element& response) {
  if (number_of(range, "Revision") > 0) {
    ++old_reads_;
    return;
  }
  const std::string_view key =
      member(range, "Start") ? text_of(range, "Start") : text_of(range, "Key");
  const bool single = text_of(range, "End").empty() && !flag_of(range, "WithPrefix");
  const auto found = elements_of(response, "KVs");
  for (const Element& pair : found) {
    const ValueId value = value_of(pair, request.builder.values());
    note_value(text_of(pair, "Key"), number_of(pair, "ModRevision"), value);
    emit(request, kRead, text_of(pair, "Key"), value);
  }
  if (single && found.empty()) emit(request, kRead, key, kNullValue);
}

std::optional<EtcdOperations::Problem> EtcdOperations::add_txn(
    const Request& request, const Element& txn, const std::optional<Element>& response) {
  const auto pieces_of = [&](const std::vector<Element>& operations) {
    std::vector<Piece> pieces;
    for (const Element& operation : operations) {
      const std::string_view type = text_of(operation, "Type");
      Piece piece;
      const auto is = [&](std::string_view name, std::string_view body, Piece::Kind kind) {
        if (type != name && type != fmt::format("{}-operation", name)) return;
        piece.kind = kind;
        const auto inner = member(operation, body);
        piece.body = inner && inner->is_object() ? *inner : operation;
        piece.key = text_of(piece.body, "Key");
      };
      is("put", "Put", Piece::Kind::kPut);
      is("delete", "Delete", Piece::Kind::kRemove);
      is("range", "Range", Piece::Kind::kRange);
      is("get", "Range", Piece::Kind::kRange);
      pieces.push_back(piece);
    }
    return pieces;
  };
  auto on_success = pieces_of(elements_of(txn, "OperationsOnSuccess", "Ops"));
  const auto on_failure = pieces_of(elements_of(txn, "OperationsOnFailure"));
  if (!request.known) {
    ++unseen_writes_max_;
    add_comparisons(request, txn, on_success);
    add_branch(request, on_success, nullptr);
    add_branch(request, on_failure, nullptr);
    return std::nullopt;
  }
  if (!response || !member(*response, "Results")) {
    // Go encodes an empty list as null.
    const bool is_empty =
        response && (flag_of(*response, "Failure") ? on_failure : on_success).empty();
    if (!is_empty)
      return Problem{"a txn without \"Results\" in its response", "one for each operation"};
  }
  const bool failed = flag_of(*response, "Failure");
  const auto& branch = failed ? on_failure : on_success;
  const auto results = elements_of(*response, "Results");
  if (results.size() != branch.size()) {
    return Problem{fmt::format("{} results", results.size()),
                   fmt::format("{}, one for each operation of the branch taken", branch.size())};
  }
  if (!failed) add_comparisons(request, txn, on_success);
  add_branch(request, branch, &results);
  return std::nullopt;
}

// Combines a put with the comparison of the same key.
void EtcdOperations::add_comparisons(const Request& request, const Element& txn,
                                     std::vector<Piece>& pieces) {
  const auto conditions = elements_of(txn, "Conditions", "Conds");
  for (const Element& condition : conditions) {
    if (number_of(condition, "ExpectedVersion") > 0) continue;
    const std::string_view key = text_of(condition, "Key");
    Comparison comparison{request.whole, std::string(key), number_of(condition, "ExpectedRevision"),
                          std::nullopt};
    comparison.interval.outcome = request.known ? Outcome::kOk : Outcome::kInfo;
    comparison.interval.key = request.builder.key(key);
    const auto of_key = [key](const Piece& piece) { return piece.key == key; };
    const auto put = std::ranges::find_if(pieces, of_key);
    // Two comparisons of one key would duplicate its put.
    const bool becomes_cas = put != pieces.end() && put->kind == Piece::Kind::kPut &&
                             !put->is_cas && std::ranges::count_if(pieces, of_key) == 1;
    if (becomes_cas) {
      put->is_cas = true;
      comparison.put = value_of(put->body, request.builder.values());
    } else if (!request.known) {
      continue;
    }
    comparisons_.push_back(std::move(comparison));
  }
}

void EtcdOperations::add_branch(const Request& request, const std::vector<Piece>& pieces,
                                const std::vector<Element>* results) {
  bool writes = false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Element* const result = results == nullptr ? nullptr : &(*results)[i];
    add_piece(request, pieces[i], result);
    const bool deletes = pieces[i].kind == Piece::Kind::kRemove && result != nullptr &&
                         number_of(*result, "Deleted") > 0;
    writes = writes || deletes || pieces[i].kind == Piece::Kind::kPut;
  }
  if (writes && request.known && request.revision > 1)
    written_revisions_.push_back(request.revision);
}

void EtcdOperations::add_piece(const Request& request, const Piece& piece, const Element* result) {
  switch (piece.kind) {
    case Piece::Kind::kPut: {
      const ValueId value = value_of(piece.body, request.builder.values());
      if (!piece.is_cas) emit(request, kWrite, piece.key, value);
      if (request.known) note_value(piece.key, request.revision, value);
      if (number_of(piece.body, "LeaseID") != 0) {
        ++unseen_writes_max_;
        emit({request.whole, request.builder, false, 0}, kDelete, piece.key, std::nullopt);
      }
      break;
    }
    case Piece::Kind::kRemove: {
      const bool found_nothing = result != nullptr && number_of(*result, "Deleted") == 0;
      if (found_nothing) {
        emit(request, kRead, piece.key, kNullValue);
      } else {
        emit(request, kDelete, piece.key, std::nullopt);
      }
      break;
    }
    case Piece::Kind::kRange:
      if (result != nullptr) add_range(request, piece.body, *result);
      break;
    case Piece::Kind::kUnknown:
      ++unknown_requests_;
      ++unseen_writes_max_;
      request.builder.history().may_lack_operations = true;
      break;
  }
}

void EtcdOperations::finish(HistoryBuilder& builder) {
  if (!is_used_) return;
  for (Comparison& comparison : comparisons_) {
    std::optional<ValueId> expected;
    if (comparison.revision == 0) {
      expected = kNullValue;
    } else if (const auto at = values_.find({comparison.key, comparison.revision});
               at != values_.end() && at->second != kNoValue) {
      expected = at->second;
    }
    Interval& interval = comparison.interval;
    if (comparison.put && expected) {
      const ValueId pair[] = {*expected, *comparison.put};
      interval.function = kCas;
      interval.value = builder.values().list(pair);
    } else if (comparison.put) {
      interval.function = kWrite;
      interval.value = comparison.put;
    } else if (expected) {
      interval.function = kRead;
      interval.value = expected;
    } else {
      continue;
    }
    builder.add_interval(interval);
  }
  History& history = builder.history();
  const auto note = [&history](std::string text) { history.notes.push_back(std::move(text)); };
  if (old_reads_ > 0) note(fmt::format("{} reads of an older revision left out", old_reads_));
  if (unknown_requests_ > 0) {
    note(fmt::format("{} operations of an unknown type left out: no violation is certain",
                     unknown_requests_));
  }
  std::ranges::sort(written_revisions_);
  const auto repeated = std::unique(written_revisions_.begin(), written_revisions_.end());
  const auto written = static_cast<std::uint64_t>(repeated - written_revisions_.begin());
  const std::uint64_t passed =
      last_revision_ > 1 ? static_cast<std::uint64_t>(last_revision_ - 1) : 0;
  if (passed > written + unseen_writes_max_) {
    history.may_lack_operations = true;
    note(
        fmt::format("the store reached revision {}, but only {} writes are here: no violation is "
                    "certain (cat client-*/operations.json has those of all clients)",
                    last_revision_, written + unseen_writes_max_));
  }
}

}  // namespace capsize::checker
