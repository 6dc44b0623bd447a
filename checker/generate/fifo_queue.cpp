// Histories of queues: enqueue x, dequeue -> x, or null for empty.
//
// Every dequeue is acknowledged: one that may have taken anything would excuse most anomalies.
#include <fmt/format.h>

#include <array>
#include <deque>

#include "checker/generate/collection.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kDuplicated = "duplicate-element";  // one is taken out twice
/// One is never taken out, though one behind it is.
constexpr std::string_view kLost = "lost-element";
constexpr std::string_view kUnwritten = "unwritten-element";  // nobody put it in
constexpr std::array kAnomalies = {kDuplicated, kLost, kUnwritten};

class Queue final : public Collection {
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
    taken_ = {elements_.front(), invoked};
    elements_.pop_front();
    return fmt::format("{}", taken_->element.value);
  }
  std::optional<Wrong> wrong_read(std::string_view anomaly, std::int64_t unused) override {
    if (anomaly == kUnwritten) return Wrong{fmt::format("{}", unused), {}};
    if (anomaly == kDuplicated) {
      if (!taken_) return std::nullopt;
      return Wrong{fmt::format("{}", taken_->element.value), {taken_->element.invoked, taken_->by}};
    }
    if (elements_.size() < 2 || elements_[0].acknowledged >= elements_[1].invoked) {
      return std::nullopt;
    }
    Wrong wrong{fmt::format("{}", elements_[1].value),
                {elements_[0].invoked, elements_[1].invoked}};
    elements_.erase(elements_.begin(), elements_.begin() + 2);
    return wrong;
  }

 private:
  struct Taken {
    Element element;
    std::uint64_t by;  // index of the dequeue's invocation
  };
  std::deque<Element> elements_;
  std::optional<Taken> taken_;  // the last one
};

class Queues final : public CollectionGenerator {
 public:
  std::string_view name() const override { return "fifo-queue"; }
  std::string_view adds() const override { return "enqueue"; }
  std::string_view reads() const override { return "dequeue"; }
  std::span<const std::string_view> anomalies() const override { return kAnomalies; }
  std::unique_ptr<Collection> make() const override { return std::make_unique<Queue>(); }
};

const GeneratorRegistrar registered(std::make_unique<Queues>());

}  // namespace
}  // namespace capsize::checker
