#include "checker/generate/collection.h"

#include <fmt/core.h>

#include "checker/generate/interleaving.h"

namespace capsize::checker {
namespace {

constexpr double kRemovals = 0.2;                      // share of the mutations
constexpr std::uint64_t kOperationsOfKeyMax = 10'000;  // if each read returns all elements

struct Pending {
  std::uint64_t process = 0;
  std::uint32_t key = 0;
  bool adds = false;
  bool removes = false;
  bool is_wrong = false;
  bool applied = false;  // has taken effect, whether or not it changed anything
  bool effective = false;
  End end = End::kOk;
  Element element;
  std::string result = "null";
};

class Schedule final : public Interleaving<Pending> {
 public:
  Schedule(const CollectionGenerator& model, const GenerateOptions& options, const LineSink& sink)
      : Interleaving(options, sink), model_(model) {
    for (std::uint32_t key = 0; key < options.keys; ++key) objects_.push_back(model.make());
  }

 private:
  Pending begin(std::uint64_t process) override {
    Pending one;
    one.process = process;
    one.key = static_cast<std::uint32_t>(below(options_.keys));
    one.adds = !draws_read();
    one.element.invoked = generated_.events;
    if (one.adds) {
      one.element.value = drawn_value();
      one.end = drawn_end();
      one.effective = one.end == End::kOk || (one.end == End::kInfo && chance(0.5));
      if (!model_.removes(options_).empty() && chance(kRemovals)) draw_removal(one);
      one.result = fmt::format("{}", one.element.value);
    } else if (wants_anomaly()) {
      inject(one);
    }
    emit(one, "invoke", one.adds ? one.result : "null");
    return one;
  }

  void draw_removal(Pending& one) {
    const auto element = objects_[one.key]->drawn_removal(below(1'000'000));
    if (!element) return;
    one.removes = one.effective = true;
    one.end = End::kOk;
    one.element.value = element->value;
  }

  // Decides the result of the wrong read when it is invoked.
  void inject(Pending& read) {
    auto wrong = objects_[read.key]->wrong_read(options_.anomaly, next_value_);
    if (!wrong) return;
    ++next_value_;
    read.applied = read.is_wrong = true;
    read.result = std::move(wrong->result);
    generated_.counterexample = std::move(wrong->counterexample);
    generated_.counterexample.push_back(read.element.invoked);
  }

  void advance(std::uint64_t place) override {
    Pending& waiting = open(place);
    if (!waiting.applied && !waiting.adds && objects_[waiting.key]->holds_reads()) return;
    if (!waiting.applied) {
      waiting.applied = true;
      if (!waiting.adds) {
        waiting.result = objects_[waiting.key]->read(waiting.element.invoked);
      } else if (waiting.removes) {
        objects_[waiting.key]->remove(waiting.element);
      } else if (waiting.effective) {
        objects_[waiting.key]->add(waiting.element);
      }
      return;
    }
    Pending one = close(place);
    one.element.acknowledged = generated_.events;
    emit(one, name(one.end), one.result);
    if (one.is_wrong) objects_[one.key]->end_wrong_read(generated_.events);
    if (one.adds && one.end == End::kOk) objects_[one.key]->acknowledge(one.element);
    if (one.adds && one.end == End::kFail) objects_[one.key]->abort(one.element);
    release(one.process, one.end);
  }

  void emit(const Pending& one, std::string_view type, std::string_view value) {
    const std::string_view changes = one.removes ? model_.removes(options_) : model_.adds();
    Interleaving::emit(one.process, type, one.adds ? changes : model_.reads(), one.key, value);
  }

  const CollectionGenerator& model_;
  std::vector<std::unique_ptr<Collection>> objects_;
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
  return Schedule(*this, options, sink).run(name());
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
