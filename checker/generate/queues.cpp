// Histories of what elements are put into and taken out of: a queue, a stack, a bag.
//
// Every take is acknowledged: one that may have taken anything would excuse most anomalies.
#include <fmt/core.h>

#include <array>
#include <deque>

#include "checker/generate/collection.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kDuplicated = "duplicate-element";  // one is taken out twice
constexpr std::string_view kUnwritten = "unwritten-element";   // nobody put it in
/// One is never taken out, though one is that had to come out after it.
constexpr std::string_view kLost = "lost-element";
constexpr std::array kAnomalies = {kDuplicated, kLost, kUnwritten};
constexpr std::array kAnomaliesWithoutOrder = {kDuplicated, kUnwritten};

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
    if (elements_.empty()) return "null";
    taken_ = {take(), invoked};
    return fmt::format("{}", taken_->element.value);
  }
  std::optional<Wrong> wrong_read(std::string_view anomaly, std::int64_t unused) override {
    if (anomaly == kUnwritten) return Wrong{fmt::format("{}", unused), {}};
    if (anomaly == kLost) return elements_.size() < 2 ? std::nullopt : lose();
    if (!taken_) return std::nullopt;
    return Wrong{fmt::format("{}", taken_->element.value), {taken_->element.invoked, taken_->by}};
  }

 protected:
  virtual Element take() {
    const Element first = elements_.front();
    elements_.pop_front();
    return first;
  }
  // What is first for sure stays for ever, and the next one is taken instead.
  virtual std::optional<Wrong> lose() {
    if (elements_[0].acknowledged >= elements_[1].invoked) return std::nullopt;
    Wrong wrong{fmt::format("{}", elements_[1].value),
                {elements_[0].invoked, elements_[1].invoked}};
    elements_.erase(elements_.begin(), elements_.begin() + 2);
    return wrong;
  }

  std::deque<Element> elements_;

 private:
  struct Taken {
    Element element;
    std::uint64_t by;  // index of the take's invocation
  };
  std::optional<Taken> taken_;  // the last one
};

class Stack final : public Queue {
 private:
  Element take() override {
    const Element last = elements_.back();
    elements_.pop_back();
    return last;
  }
  // What lies on top for sure, now too, stays for ever, and the one below it is taken instead.
  std::optional<Wrong> lose() override {
    const Element top = elements_.back();
    const Element below = elements_[elements_.size() - 2];
    if (top.acknowledged == kNoEvent || below.acknowledged >= top.invoked) return std::nullopt;
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
