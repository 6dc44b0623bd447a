// Somebody outside says a word: a test that steers the run.
#include "nemesis/model/anchor.h"

namespace capsize::nemesis {
namespace {

class TriggerWatch final : public Watch {
 public:
  explicit TriggerWatch(std::string word) : word_(std::move(word)) {}
  void told(const std::string& word) override { heard_ = heard_ || word == word_; }
  bool fired(Cluster&, base::Duration) override { return heard_; }

 private:
  std::string word_;
  bool heard_ = false;
};

class Trigger final : public AnchorKind {
 public:
  std::string_view name() const override { return "told"; }
  std::string_view summary() const override { return "whoever steers the run has said the word"; }
  Declared parameters() const override {
    return {{.name = "word", .otherwise = "go", .summary = "which one"}};
  }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<TriggerWatch>(params["word"].get<std::string>());
  }
};

const base::Registered<AnchorKind, Trigger> registered;

}  // namespace
}  // namespace capsize::nemesis
