#include "checker/streaming/streamed_register.h"

#include <iterator>
#include <utility>

#include "base/check.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kCompletionsBetweenForgetting = 16;

}  // namespace

StreamedRegister::StreamedRegister(std::string initial) {
  Block& block = blocks_.emplace_back();
  block.f = 0;
  block.values = 1;
  auto value = std::make_unique<Value>();
  value->text = initial;
  value->block = &block;
  placed_.push_back(value.get());
  values_.emplace(std::move(initial), std::move(value));
}

StreamedRegister::~StreamedRegister() = default;

// An open write is known from its invocation on, since a read may return its value before it
// completes. It has no block yet: whether it takes effect is not known.
StreamedRegister::Found StreamedRegister::invoke(const Operation& operation) {
  if (operation.function == kRead) {
    open_reads_.insert(operation.invoke);
    return std::nullopt;
  }
  if (operation.function == kCas) ++expected_[operation.observed];
  const bool idle = operation.function == kCas && operation.observed == operation.written;
  auto value = std::make_unique<Value>();
  value->text = operation.written;
  value->writer = operation;
  if (idle || !values_.emplace(operation.written, std::move(value)).second) {
    StreamedClash clash;
    clash.not_applicable = true;
    clash.late = operation;
    return clash;
  }
  forgotten_.erase(operation.written);
  return std::nullopt;
}

StreamedRegister::Found StreamedRegister::ok(const Operation& operation) {
  CHECK(operation.invoke < operation.complete, "an operation ends after it began");
  stop_waiting(operation);
  const std::uint64_t now = operation.complete;
  Value* value = nullptr;
  if (operation.function == kRead) {
    if (auto clash = observe(operation, operation.observed, value)) return clash;
  } else {
    const auto found = values_.find(operation.written);
    // Observed, overwritten and forgotten while it was still open.
    if (found == values_.end()) return std::nullopt;
    value = found->second.get();
    value->writer = operation;
    if (auto clash = place(*value, operation)) return clash;
  }
  if (auto clash = touch(*value->block, operation, operation)) return clash;
  if (operation.function == kRead) value->reader = operation;
  raise(*value, operation, now);
  forget_what_is_over(now);
  return std::nullopt;
}

// A write that fails after its value was read is an aborted read. If the value was not read so far,
// it is remembered as forgotten with that reason, for reads that return it later.
StreamedRegister::Found StreamedRegister::fail(const Operation& operation) {
  CHECK(operation.invoke < operation.complete, "an operation ends after it began");
  stop_waiting(operation);
  if (operation.function == kRead) return std::nullopt;
  const auto found = values_.find(operation.written);
  const bool seen = found == values_.end() || found->second->block != nullptr;
  if (seen) {
    StreamedClash clash;
    clash.anomaly = Anomaly::kAbortedRead;
    clash.late = operation;
    if (found != values_.end()) {
      found->second->writer = operation;
      clash.before = found->second->block->first;
    }
    return clash;
  }
  remember(operation.written, {.why = Anomaly::kAbortedRead, .writer = operation});
  values_.erase(found);
  return std::nullopt;
}

void StreamedRegister::info(const Operation& operation) {
  stop_waiting(operation);
  if (operation.function == kRead) return;
  const auto found = values_.find(operation.written);
  if (found == values_.end() || found->second->block != nullptr) return;
  if (operation.function == kCas) {
    pending_cas_.emplace(operation.observed, operation.written);
  }
}

void StreamedRegister::stop_waiting(const Operation& operation) {
  if (operation.function == kRead) open_reads_.erase(operation.invoke);
  if (operation.function != kCas) return;
  const auto expected = expected_.find(operation.observed);
  if (--expected->second == 0) expected_.erase(expected);
}

// Looks up the value that an observer saw, and checks whether the observation came too late.
StreamedRegister::Found StreamedRegister::observe(const Operation& observer,
                                                  const std::string& text, Value*& value) {
  const auto found = values_.find(text);
  if (found == values_.end()) return unknown_value(observer);
  value = found->second.get();
  if (auto clash = place(*value, observer)) return clash;
  if (observer.invoke > value->deadline.at) return late(observer, value->deadline);
  return std::nullopt;
}

// The writer of the value has taken effect: gives it its block. A cas joins that of the value which
// it expected, whose writer has taken effect, too. That is known since `over` is over.
StreamedRegister::Found StreamedRegister::place(Value& value, const Operation& over) {
  if (value.block != nullptr) return std::nullopt;
  Operation writer = value.writer;
  writer.complete = over.complete;
  if (value.being_placed) {
    StreamedClash clash;
    clash.anomaly = Anomaly::kCyclicCas;
    clash.late = writer;
    return clash;
  }
  if (writer.function == kWrite) {
    value.block = &blocks_.emplace_back();
    value.block->root = value.writer;
  } else {
    value.being_placed = true;
    Value* below = nullptr;
    if (auto clash = observe(writer, writer.observed, below)) return clash;
    value.being_placed = false;
    if (below->winner) {
      StreamedClash clash;
      clash.anomaly = Anomaly::kLostUpdate;
      clash.late = writer;
      clash.before = below->winner;
      return clash;
    }
    below->winner = value.writer;
    below->above = &value;
    value.below = below;
    value.block = below->block;
  }
  ++value.block->values;
  placed_.push_back(&value);
  return touch(*value.block, writer, over);
}

// An operation belongs to the block, as is known since `over` is over; compares it with all others.
StreamedRegister::Found StreamedRegister::touch(Block& block, const Operation& operation,
                                                const Operation& over) {
  if (block.f == kNone) {
    block.f = over.complete;
    block.first = over;
  }
  if (operation.invoke > block.s) {
    block.s = operation.invoke;
    block.last = operation;
  }
  // If `earlier` must come before `later` (f < s), then an operation that observes `earlier` must
  // begin by the f of `later`: the deadline of `earlier`. Only the smallest deadline counts, so one
  // proof per block suffices.
  const auto bound = [](Block& earlier, const Block& later) {
    if (earlier.f < later.s && later.f < earlier.deadline.at) {
      earlier.deadline = {later.f, std::make_shared<const Proof>(
                                       Proof{later.first, later.last, earlier.first, later.root})};
    }
  };
  const Block* too_late = nullptr;
  for (Block& other : blocks_) {
    if (&other == &block) continue;
    bound(other, block);
    bound(block, other);
    if (other.s > other.deadline.at) too_late = &other;
  }
  // Both blocks of a clash are too late for each other; the operation that completed now is
  // reported.
  if (block.s > block.deadline.at) too_late = &block;
  if (too_late == nullptr) return std::nullopt;
  return late(too_late->last, too_late->deadline);
}

// Values below in the same block may no longer be observed by operations that begin from now on.
void StreamedRegister::raise(Value& value, const Operation& operation, std::uint64_t now) {
  for (Value* below = value.below; below != nullptr && below->deadline.at == kNone;
       below = below->below) {
    below->deadline = {
        now, std::make_shared<const Proof>(Proof{operation, value.writer, {}, value.block->root})};
  }
}

StreamedClash StreamedRegister::late(const Operation& operation, const Deadline& deadline) {
  StreamedClash clash;
  clash.late = operation;
  if (deadline.proof == nullptr) return clash;
  clash.newer = deadline.proof->newer;
  clash.before = deadline.proof->over;
  return clash;
}

StreamedClash StreamedRegister::unknown_value(const Operation& observer) const {
  const auto found = forgotten_.find(observer.observed);
  if (found == forgotten_.end()) {
    StreamedClash clash;
    clash.anomaly = Anomaly::kGarbageRead;
    clash.late = observer;
    return clash;
  }
  StreamedClash clash = late(observer, found->second.deadline);
  clash.anomaly = found->second.why;
  return clash;
}

std::vector<StreamedOperation> StreamedRegister::remembered() const {
  std::vector<Operation> all;
  const auto add = [&all](const Operation& operation) {
    if (operation.invoke > 0) all.push_back(operation);
  };
  const auto add_deadline = [&add](const Deadline& deadline) {
    if (deadline.proof == nullptr) return;
    const auto& [over, newer, older, root] = *deadline.proof;
    for (const auto* part : {&over, &newer, &older, &root}) add(*part);
  };
  for (const auto& [text, value] : values_) {
    add(value->writer);
    if (value->reader) add(*value->reader);
    add_deadline(value->deadline);
  }
  for (const Block& block : blocks_) {
    for (const auto* part : {&block.root, &block.first, &block.last}) add(*part);
    add_deadline(block.deadline);
  }
  for (const auto& [text, value] : forgotten_) {
    add(value.writer);
    if (value.reader) add(*value.reader);
    add_deadline(value.deadline);
  }
  return all;
}

const StreamedRegister::Deadline& StreamedRegister::deadline_of(const Value& value) {
  return value.deadline.at < value.block->deadline.at ? value.deadline : value.block->deadline;
}

// A value is forgotten once no open read may return it: its deadline is before the invocation of
// the oldest open read. An open cas that expects it keeps it, since it may still succeed on it.
void StreamedRegister::forget_what_is_over(std::uint64_t now) {
  if (++until_forgetting_ < kCompletionsBetweenForgetting) return;
  until_forgetting_ = 0;
  const std::uint64_t oldest = open_reads_.empty() ? now : *open_reads_.begin();
  for (auto value = placed_.begin(); value != placed_.end();) {
    const bool over = deadline_of(**value).at < oldest && !expected_.contains((*value)->text);
    if (over) forget(**value, Anomaly::kStaleRead);
    value = over ? placed_.erase(value) : std::next(value);
  }
  blocks_.remove_if([](const Block& block) { return block.values == 0; });
}

// Also forgets the values of indeterminate cas that expected this one: an operation that observes
// such a value from now on would put it into the forgotten block, after its deadline.
void StreamedRegister::forget(Value& value, Anomaly why) {
  const Deadline deadline = deadline_of(value);
  const auto [begin, end] = pending_cas_.equal_range(value.text);
  for (auto cas = begin; cas != end; ++cas) {
    const auto written = values_.find(cas->second);
    if (written == values_.end() || written->second->block != nullptr) continue;
    remember(cas->second, {why, deadline, written->second->writer});
    values_.erase(written);
  }
  pending_cas_.erase(begin, end);
  if (value.above != nullptr) value.above->below = nullptr;
  if (value.below != nullptr) value.below->above = nullptr;
  --value.block->values;
  const std::string text = value.text;
  remember(text, {why, deadline, std::move(value.writer), std::move(value.reader)});
  values_.erase(text);
}

void StreamedRegister::remember(const std::string& text, Forgotten what) {
  if (!forgotten_.insert_or_assign(text, std::move(what)).second) return;
  forgotten_order_.push_back(text);
  if (forgotten_order_.size() <= kRememberedMax) return;
  forgotten_.erase(forgotten_order_.front());
  forgotten_order_.pop_front();
}

}  // namespace capsize::checker
