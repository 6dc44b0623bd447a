// Histories of collections with put and take: queue, stack, bag.
//
// Every take is acknowledged, because an indeterminate take could explain most anomalies.
#include <fmt/core.h>

#include <array>
#include <deque>
#include <utility>

#include "checker/generate/collection.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kDuplicated = "duplicate-element";  // an element is taken twice
constexpr std::string_view kUnwritten = "unwritten-element";   // it was never put in
/// An element is never taken, although a later one in the order of removal is.
constexpr std::string_view kLost = "lost-element";
/// An element is taken before another one that must be taken first, and is taken later.
constexpr std::string_view kOutOfTurn = "reordered-element";
/// A take returns empty although there are more elements than concurrent takes can have taken.
constexpr std::string_view kFalselyEmpty = "falsely-empty";
constexpr std::uint32_t kClientsOfEmptyMax = 8;
constexpr std::array kAnomalies = {kDuplicated, kLost, kUnwritten, kOutOfTurn, kFalselyEmpty};
constexpr std::array kAnomaliesWithoutOrder = {kDuplicated, kUnwritten, kFalselyEmpty};

class Queue : public Collection {
 public:
  void add(const Element& element) override { elements_.push_back(element); }
  void acknowledge(const Element& element) override {
    for (Element& known : elements_) {
      if (known.invoked == element.invoked) known.acknowledged = element.acknowledged;
    }
  }
  void abort(const Element&) override {}
  std::string read(std::uint64_t invoked) override {
    if (held_until_ != kNoEvent && invoked > held_until_) put_back();
    if (elements_.empty()) return "null";
    taken_ = {take(), invoked};
    return fmt::format("{}", taken_->element.value);
  }
  std::optional<Wrong> wrong_read(std::string_view anomaly, std::int64_t unused) override {
    if (anomaly == kUnwritten) return Wrong{fmt::format("{}", unused), {}};
    if (anomaly == kLost) return elements_.size() < 2 ? std::nullopt : lose();
    if (anomaly == kOutOfTurn) return elements_.size() < 2 ? std::nullopt : reorder();
    if (anomaly == kFalselyEmpty) return hide();
    if (!taken_) return std::nullopt;
    return Wrong{fmt::format("{}", taken_->element.value), {taken_->element.invoked, taken_->by}};
  }
  bool holds_reads() const override { return seems_empty_; }
  void end_wrong_read(std::uint64_t index) override {
    held_until_ = index;
    seems_empty_ = false;
  }

 protected:
  virtual Element take() {
    const Element first = elements_.front();
    elements_.pop_front();
    return first;
  }
  virtual void put_back() {
    if (held_) elements_.push_front(*std::exchange(held_, std::nullopt));
  }
  // The element that is certainly first is never taken; the next one is taken instead.
  virtual std::optional<Wrong> lose() {
    if (elements_[0].acknowledged >= elements_[1].invoked) return std::nullopt;
    Wrong wrong{fmt::format("{}", elements_[1].value),
                {elements_[0].invoked, elements_[1].invoked}};
    passed_ = elements_[0];
    elements_.erase(elements_.begin(), elements_.begin() + 2);
    return wrong;
  }

  std::deque<Element> elements_;
  std::optional<Element> held_;    // put back once the wrong take has ended
  std::optional<Element> passed_;  // the lost element
  std::uint64_t held_until_ = kNoEvent;
  bool seems_empty_ = false;

 private:
  std::optional<Wrong> reorder() {
    auto wrong = lose();
    if (wrong) held_ = passed_;
    return wrong;
  }
  // Other takes wait until this one has ended, so each client may have one take that is ordered
  // before it.
  std::optional<Wrong> hide() {
    Wrong wrong{"null", {}};
    for (const Element& element : elements_) {
      if (element.acknowledged != kNoEvent) wrong.counterexample.push_back(element.invoked);
    }
    if (wrong.counterexample.size() < kClientsOfEmptyMax) return std::nullopt;
    seems_empty_ = true;
    return wrong;
  }

  struct Taken {
    Element element;
    std::uint64_t by;  // index of the take's invocation
  };
  std::optional<Taken> taken_;  // the last take
};

class Stack final : public Queue {
 private:
  Element take() override {
    const Element last = elements_.back();
    elements_.pop_back();
    return last;
  }
  void put_back() override {
    if (held_) elements_.push_back(*std::exchange(held_, std::nullopt));
    Queue::put_back();
  }
  // The element that is certainly still on top is never taken; the one below it is taken instead.
  std::optional<Wrong> lose() override {
    const Element top = elements_.back();
    const Element below = elements_[elements_.size() - 2];
    if (top.acknowledged == kNoEvent || below.acknowledged >= top.invoked) return std::nullopt;
    passed_ = top;
    elements_.resize(elements_.size() - 2);
    return Wrong{fmt::format("{}", below.value), {below.invoked, top.invoked}};
  }
};

struct Kind {
  std::string_view name;
  std::string_view adds;
  std::string_view takes;
  std::span<const std::string_view> anomalies;
  std::unique_ptr<Collection> (*make)();
};

template <class Object>
std::unique_ptr<Collection> make() {
  return std::make_unique<Object>();
}

constexpr std::array kKinds = {
    Kind{"bag", "enqueue", "dequeue", kAnomaliesWithoutOrder, &make<Queue>},
    Kind{"fifo-queue", "enqueue", "dequeue", kAnomalies, &make<Queue>},
    Kind{"stack", "push", "pop", kAnomalies, &make<Stack>},
};

class Queues final : public CollectionGenerator {
 public:
  explicit Queues(const Kind& kind) : kind_(kind) {}
  std::string_view name() const override { return kind_.name; }
  std::string_view adds() const override { return kind_.adds; }
  std::string_view reads() const override { return kind_.takes; }
  std::span<const std::string_view> anomalies() const override { return kind_.anomalies; }
  std::unique_ptr<Collection> make() const override { return kind_.make(); }
  std::optional<std::string> problem_of(const GenerateOptions& options) const override {
    if (options.anomaly == kFalselyEmpty && options.clients > kClientsOfEmptyMax) {
      return fmt::format("clients: at most {} for {}", kClientsOfEmptyMax, kFalselyEmpty);
    }
    return CollectionGenerator::problem_of(options);
  }

 private:
  const Kind& kind_;
};

const std::array registered = {
    GeneratorRegistrar(std::make_unique<Queues>(kKinds[0])),
    GeneratorRegistrar(std::make_unique<Queues>(kKinds[1])),
    GeneratorRegistrar(std::make_unique<Queues>(kKinds[2])),
};

}  // namespace
}  // namespace capsize::checker
