#include "checker/generate/collection.h"

#include <fmt/format.h>

#include <iterator>
#include <random>

namespace capsize::checker {
namespace {

constexpr double kInjectAfter = 0.8;  // of the operations
constexpr std::uint64_t kStepNanosecondsMax = 2000;
constexpr std::uint64_t kOperationsOfKeyMax = 10'000;  // where each read shows everything

enum class End : std::uint8_t { kOk, kFail, kInfo };

struct Pending {
  std::uint64_t process = 0;
  std::uint32_t key = 0;
  bool adds = false;
  bool applied = false;  // had its moment, whether it changed anything or not
  bool effective = false;
  End end = End::kOk;
  Element element;
  std::string result = "null";
};

class Schedule {
 public:
  Schedule(const CollectionGenerator& model, const GenerateOptions& options, const LineSink& sink)
      : model_(model),
        options_(options),
        sink_(sink),
        random_(options.seed),
        next_value_(static_cast<std::int64_t>(options.values) + 1) {
    for (std::uint32_t key = 0; key < options.keys; ++key) objects_.push_back(model.make());
    for (std::uint32_t client = 0; client < options.clients; ++client) idle_.push_back(client);
  }

  Generated run() {
    sink_(fmt::format("{{\"capsize-history\":1,\"model\":\"{}\"}}\n", model_.name()));
    while (begun_ < options_.operations || !pending_.empty()) {
      const bool can_begin = begun_ < options_.operations && !idle_.empty();
      if (can_begin && (pending_.empty() || chance(0.5))) {
        begin();
      } else {
        advance(below(pending_.size()));
      }
    }
    return std::move(generated_);
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool chance(double share) { return static_cast<double>(random_() >> 11) * 0x1.0p-53 < share; }

  template <class Item>
  static Item take(std::vector<Item>& items, std::uint64_t place) {
    std::swap(items[place], items.back());
    Item item = std::move(items.back());
    items.pop_back();
    return item;
  }

  std::int64_t added_value() {
    if (options_.values == 0) return next_value_++;
    return static_cast<std::int64_t>(1 + below(options_.values));
  }

  void begin() {
    Pending one;
    one.process = take(idle_, below(idle_.size()));
    one.key = static_cast<std::uint32_t>(below(options_.keys));
    one.adds = !chance(options_.reads);
    one.element.invoked = generated_.events;
    if (one.adds) {
      one.element.value = added_value();
      one.end = chance(options_.indeterminate) ? End::kInfo
                : chance(options_.failed)      ? End::kFail
                                               : End::kOk;
      one.effective = one.end == End::kOk || (one.end == End::kInfo && chance(0.5));
      one.result = fmt::format("{}", one.element.value);
    } else {
      inject(one);
    }
    emit(one, "invoke", one.adds ? one.result : "null");
    ++begun_;
    pending_.push_back(std::move(one));
  }

  // Decides what a read returns before it is even sent.
  void inject(Pending& read) {
    if (options_.anomaly.empty() || !generated_.witness.empty()) return;
    if (static_cast<double>(begun_) < kInjectAfter * static_cast<double>(options_.operations)) {
      return;
    }
    auto wrong = objects_[read.key]->wrong_read(options_.anomaly, next_value_);
    if (!wrong) return;
    ++next_value_;
    read.applied = true;
    read.result = std::move(wrong->result);
    generated_.witness = std::move(wrong->witness);
    generated_.witness.push_back(read.element.invoked);
  }

  void advance(std::uint64_t place) {
    Pending& open = pending_[place];
    if (!open.applied) {
      open.applied = true;
      if (!open.adds) {
        open.result = objects_[open.key]->read(open.element.invoked);
      } else if (open.effective) {
        objects_[open.key]->add(open.element);
      }
      return;
    }
    Pending one = take(pending_, place);
    one.element.acknowledged = generated_.events;
    constexpr const char* kNames[] = {"ok", "fail", "info"};
    emit(one, kNames[static_cast<std::size_t>(one.end)], one.result);
    if (one.adds && one.end == End::kOk) objects_[one.key]->acknowledge(one.element);
    if (one.adds && one.end == End::kFail) objects_[one.key]->abort(one.element);
    idle_.push_back(one.end == End::kInfo ? one.process + options_.clients : one.process);
  }

  void emit(const Pending& one, std::string_view type, std::string_view value) {
    time_ += 1 + below(kStepNanosecondsMax);
    line_.clear();
    fmt::format_to(std::back_inserter(line_),
                   "{{\"index\":{},\"time\":{},\"process\":{},\"type\":\"{}\",\"f\":\"{}\","
                   "\"key\":\"k{}\",\"value\":{}}}\n",
                   generated_.events, time_, one.process, type,
                   one.adds ? model_.adds() : model_.reads(), one.key, value);
    sink_(line_);
    ++generated_.events;
  }

  const CollectionGenerator& model_;
  const GenerateOptions& options_;
  const LineSink& sink_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Collection>> objects_;
  std::vector<std::uint64_t> idle_;  // process numbers
  std::vector<Pending> pending_;
  std::uint64_t begun_ = 0;
  std::uint64_t time_ = 0;
  std::int64_t next_value_;
  std::string line_;
  Generated generated_;
};

}  // namespace

std::optional<std::string> CollectionGenerator::problem_of(const GenerateOptions& options) const {
  if (options.cas > 0) return fmt::format("cas: {} has none", name());
  if (!options.anomaly.empty() && options.values != 0)
    return "anomaly: certain only with different values";
  if (reads_show_all() && options.operations / options.keys > kOperationsOfKeyMax) {
    return fmt::format("operations: at most {} a key, as each read of a {} shows all of it",
                       kOperationsOfKeyMax, name());
  }
  return std::nullopt;
}

Generated CollectionGenerator::generate(const GenerateOptions& options,
                                        const LineSink& sink) const {
  return Schedule(*this, options, sink).run();
}

std::string array_of(const std::vector<Element>& elements) {
  std::string text = "[";
  for (const Element& element : elements) {
    if (text.size() > 1) text += ',';
    text += fmt::format("{}", element.value);
  }
  return text + "]";
}

}  // namespace capsize::checker
