// Random sets of overlapping rules on a few links, with messages, removals and time in between,
// checked against a slow and obvious record of each rule's decisions. Three properties:
//   - nothing arrives that a cut or a hold should have stopped, whichever way it took;
//   - no message is lost unless a rule, a full receiver or a full byte budget accounts for it;
//   - the draws of a rule do not depend on the other rules;
//   - the record of messages agrees with the counters, and has one end for each message.
// CAPSIZE_RULE_SETS sets the number of sets (default 10,000).
#include <cstdlib>
#include <functional>

#include "switchboard_fixture.h"

namespace capsize::nemesis::proxy {
namespace {

constexpr int kMessageTypes = 3;
const std::vector<LinkId> kLinks = {kForth, kBack, {1, 3}};

struct Sent {
  LinkId link;
  wire::Header header;
};

/// The decisions of one rule about the messages that it was applied to.
struct RuleLog {
  std::vector<int> applied;
  std::vector<std::uint64_t> streams;  // the state of its random stream, before each
  std::set<int> discarded;
};

/// Records the decisions of an action.
class RecordingAction : public Action {
 public:
  RecordingAction(std::unique_ptr<Action> action, RuleLog& log)
      : action_(std::move(action)), logs_(log) {}
  Effect apply(const Message& message, base::Prng& random, Fate& fate) override {
    const int number = static_cast<int>(message.header.sequence);
    logs_.applied.push_back(number);
    logs_.streams.push_back(base::Prng(random).next());
    const Effect effect = action_->apply(message, random, fate);
    if (effect == Effect::kDiscarded) logs_.discarded.insert(number);
    return effect;
  }
  [[nodiscard]] bool is_cut() const override { return action_->is_cut(); }
  [[nodiscard]] bool is_hold() const override { return action_->is_hold(); }
  [[nodiscard]] ReleaseOrder release_order() const override { return action_->release_order(); }

 private:
  std::unique_ptr<Action> action_;
  RuleLog& logs_;
};

struct RuleSpec {
  std::uint64_t id = 0;
  std::string kind;
  std::map<std::string, Parameters::Value> parameters = {};
  Filter::Options only = {};
  std::set<LinkId> links = {};
  [[nodiscard]] bool is_plain() const { return Filter(only).is_scope(); }
  [[nodiscard]] bool covers(const Sent& message) const {
    return links.contains(message.link) && only.scope.contains(message.header);
  }
};

struct Step {
  enum class Kind : std::uint8_t { kInstall, kRemove, kSend, kPause, kResume } kind;
  std::int64_t now_ns = 0;
  RuleSpec rule = {};  // to install; of one to remove, its id
  Sent message = {};
  LinkId link = {};  // the link whose receiver pauses or resumes
};

struct Script {
  std::vector<Step> steps;
  Limits limits = {};
};

base::Instant at_ns(std::int64_t ns) {
  return base::Instant(base::Duration(ns));
}

std::map<std::string, Parameters::Value> parameters_of(const std::string& kind,
                                                       base::Prng& random) {
  const double chance = random.chance(0.3) ? 1.0 : random.unit();
  if (kind == "bandwidth") return {{"bytes-per-second", 20'000.0}, {"queue-bytes", 1000.0}};
  if (kind == "corrupt") return {{"probability", chance}, {"bits", 1.0}};
  if (kind == "delay") {
    return {{"min", "1ms"}, {"max", "20ms"}, {"reorder", random.chance(0.5)}};
  }
  if (kind == "drop" || kind == "duplicate") return {{"probability", chance}};
  if (kind == "hold") {
    constexpr std::array kOrders = {"as-sent", "reverse", "shuffled"};
    return {{"order", kOrders.at(random.below(kOrders.size()))}};
  }
  if (kind == "reorder") return {{"probability", chance}, {"gap", 2.0}, {"max", "10ms"}};
  if (kind == "replay") return {{"probability", chance}, {"keep", 8.0}};
  return {};
}

RuleSpec random_rule(std::uint64_t id, base::Prng& random) {
  // Cuts and holds more often: the other actions must not bypass them.
  constexpr std::array kKinds = {"bandwidth", "corrupt", "cut",    "cut",  "delay", "drop",
                                 "duplicate", "hold",    "hold",   "hold", "watch", "reorder",
                                 "replay",    "replay",  "replay", "delay"};
  RuleSpec rule{.id = id, .kind = kKinds.at(random.below(kKinds.size()))};
  rule.parameters = parameters_of(rule.kind, random);
  for (const LinkId& link : kLinks) {
    if (random.chance(0.6)) rule.links.insert(link);
  }
  if (rule.links.empty()) rule.links.insert(kForth);
  if (random.chance(0.4)) {
    rule.only.scope.types.reset();
    for (std::uint64_t type = 1; type <= kMessageTypes; ++type) {
      if (random.chance(0.5)) rule.only.scope.types.set(type);
    }
  }
  if (random.chance(0.2)) rule.only.scope.term = {2, 3};
  if (random.chance(0.1)) rule.only.every = 2;
  if (random.chance(0.1)) rule.only.skip = 2;
  if (random.chance(0.1)) rule.only.count = 3;
  if (random.chance(0.1)) rule.only.probability = 0.5;
  return rule;
}

Step random_send(int number, std::int64_t now_ns, base::Prng& random) {
  Step step{.kind = Step::Kind::kSend, .now_ns = now_ns};
  step.message.link = kLinks[random.below(kLinks.size())];
  wire::Header& header = step.message.header;
  header.type = static_cast<MessageType>(1 + random.below(kMessageTypes));
  header.from = step.message.link.from;
  header.to = step.message.link.to;
  header.term = 1 + random.below(4);
  header.sequence = static_cast<std::uint64_t>(number);
  // Some messages have waited in the sender's socket.
  header.sent_ns = now_ns - (random.chance(0.2) ? random.between(base::Duration(0), at(20) - at(0))
                                                : base::Duration(0))
                                .count();
  return step;
}

Script random_script(std::uint64_t seed) {
  base::Prng random = base::Prng::stream(seed, "rule-sets");
  Script script;
  if (random.chance(0.2)) script.limits = {.link_bytes = 4000, .all_bytes = 9000};
  std::int64_t now_ns = at(1000).time_since_epoch().count();
  std::vector<std::uint64_t> installed;
  std::uint64_t rules = 0;
  int messages = 0;
  for (int n = 0; n < 60; ++n) {
    now_ns += random.between(base::Duration(0), at(8) - at(0)).count();
    if (random.chance(0.15)) {
      installed.push_back(++rules);
      script.steps.push_back(
          {.kind = Step::Kind::kInstall, .now_ns = now_ns, .rule = random_rule(rules, random)});
    } else if (random.chance(0.12) && !installed.empty()) {
      const auto place = static_cast<std::ptrdiff_t>(random.below(installed.size()));
      script.steps.push_back({.kind = Step::Kind::kRemove,
                              .now_ns = now_ns,
                              .rule = {.id = installed[static_cast<std::size_t>(place)]}});
      installed.erase(installed.begin() + place);
    } else if (random.chance(0.05)) {
      script.steps.push_back({.kind = random.chance(0.5) ? Step::Kind::kPause : Step::Kind::kResume,
                              .now_ns = now_ns,
                              .link = kLinks[random.below(kLinks.size())]});
    } else {
      script.steps.push_back(random_send(++messages, now_ns, random));
    }
  }
  for (const std::uint64_t id : installed) {
    script.steps.push_back({.kind = Step::Kind::kRemove, .now_ns = now_ns, .rule = {.id = id}});
  }
  return script;
}

/// Runs a script and checks every copy that leaves.
class Trial : public Outlet, public MessageObserver {
 public:
  /// `only`: installs this rule and no other; 0 for all.
  explicit Trial(const Script& script, std::uint64_t only = 0)
      : board_({kLinks.begin(), kLinks.end()}, 42, *this, script.limits, this) {
    for (const Step& step : script.steps) {
      now_ns_ = step.now_ns;
      board_.release(at_ns(now_ns_));
      take(step, only);
    }
    paused_.clear();
    while (const auto next = board_.next_release()) {
      now_ns_ = std::max(now_ns_, base::nanoseconds(*next));
      board_.release(at_ns(now_ns_));
    }
  }

  bool deliver(LinkId link, const Frames& frames) override {
    const int number = std::abs(static_cast<const Numbered&>(frames).number);
    if (paused_.contains(link)) {
      refused_.insert(number);
      return false;
    }
    delivered_.insert(number);
    check_departure(number);
    return true;
  }

  void observe(const MessageRecord& record) override { records_.push_back(record); }

  /// At the end: checks the record of messages against the counters.
  void check_record() {
    std::map<LinkId, LinkStats> counted;
    for (const LinkId& link : kLinks) counted[link] = {};
    std::map<std::uint64_t, int> reads, waiting;
    std::int64_t last_ns = 0;
    for (const MessageRecord& record : records_) {
      if (record.time_ns < last_ns) wrong("the time falls in the record");
      last_ns = record.time_ns;
      if (is_read(record.event)) ++reads[record.sequence];
      if (record.event == MessageEvent::kReadWaits) ++waiting[record.sequence];
      if (!is_read(record.event) && !record.copy) --waiting[record.sequence];
      count(record.event, counted[{record.from, record.to}]);
    }
    if (reads.size() != sent_.size()) wrong("messages are missing in the record");
    for (const auto& [number, times] : reads) {
      if (times != 1) wrong("message " + std::to_string(number) + " was read twice");
    }
    for (const auto& [number, times] : waiting) {
      if (times != 0) wrong("message " + std::to_string(number) + " waits, or left twice");
    }
    const auto figures = [](const LinkStats& of) {
      return std::array{of.seen, of.delivered, of.discarded, of.lost, of.overflowed};
    };
    for (const auto& [link, stats] : board_.stats()) {
      if (figures(stats) != figures(counted[link])) wrong("the record disagrees with the counters");
    }
  }

  /// At the end: checks that every message arrived unless something accounts for its loss.
  void check_losses() {
    std::uint64_t missing = 0;
    for (const auto& [number, message] : sent_) {
      if (delivered_.contains(number) || refused_.contains(number)) continue;
      if (!is_excused(number, message)) ++missing;
    }
    std::uint64_t overflowed = 0, held = 0;
    for (const auto& [link, stats] : board_.stats()) {
      overflowed += stats.overflowed;
      held += stats.held;
    }
    if (missing > overflowed) wrong(std::to_string(missing) + " lost without a rule");
    if (held != 0 || board_.held_bytes() != 0) wrong("something still waits");
  }
  [[nodiscard]] const RuleLog& log_of(std::uint64_t rule) { return logs_[rule]; }
  [[nodiscard]] std::uint64_t copies_stopped() const { return copies_stopped_; }
  [[nodiscard]] std::uint64_t released() const { return released_; }
  [[nodiscard]] std::uint64_t overflowed() const { return overflowed_; }
  [[nodiscard]] const std::vector<std::string>& errors() const { return errors_; }

 private:
  static void count(MessageEvent event, LinkStats& stats) {
    if (is_read(event)) ++stats.seen;
    switch (event) {
      case MessageEvent::kReadDelivered:
      case MessageEvent::kDelivered:
        ++stats.delivered;
        return;
      case MessageEvent::kReadStopped:
      case MessageEvent::kStopped:
        ++stats.discarded;
        return;
      case MessageEvent::kReadLost:
      case MessageEvent::kLost:
        ++stats.lost;
        return;
      case MessageEvent::kReadOverflowed:
      case MessageEvent::kOverflowed:
        ++stats.overflowed;
        return;
      default:
        return;
    }
  }
  void take(const Step& step, std::uint64_t only) {
    switch (step.kind) {
      case Step::Kind::kInstall:
        if (only == 0 || only == step.rule.id) install(step.rule);
        return;
      case Step::Kind::kRemove:
        if (active_.contains(step.rule.id)) remove(step.rule.id);
        return;
      case Step::Kind::kSend: {
        const int number = static_cast<int>(step.message.header.sequence);
        sent_.emplace(number, step.message);
        board_.arrive(step.message.link, step.message.header, Numbered(number), at_ns(now_ns_));
        return;
      }
      case Step::Kind::kPause:
        paused_.insert(step.link);
        return;
      case Step::Kind::kResume:
        paused_.erase(step.link);
        return;
    }
  }
  void install(const RuleSpec& rule) {
    auto action = make_action(rule.kind, Parameters(rule.parameters));
    CHECK(action, "the script installs only what the proxy takes");
    auto recording = std::make_unique<RecordingAction>(std::move(action).value(), logs_[rule.id]);
    // Registered before it is installed: from then on nothing may pass that it stops.
    active_.emplace(rule.id, rule);
    const auto status = board_.install(
        {rule.id, rule.links, Filter(rule.only), std::move(recording)}, at_ns(now_ns_));
    CHECK(status, "the script installs every rule once");
  }
  void remove(std::uint64_t id) {
    const auto evidence = board_.remove(id, at_ns(now_ns_));
    const RuleSpec rule = active_.at(id);
    active_.erase(id);
    if (rule.kind == "cut" && rule.is_plain()) healed_.emplace_back(rule, now_ns_);
    if (rule.kind == "hold") check_evidence(rule, *evidence);
    copies_stopped_ += evidence->copies_stopped;
    released_ += evidence->released;
    overflowed_ += evidence->overflowed;
  }

  void check_departure(int number) {
    const Sent& message = sent_.at(number);
    for (const auto& [id, rule] : active_) {
      const bool stops = rule.kind == "cut" || rule.kind == "hold";
      if (stops && rule.is_plain() && rule.covers(message)) {
        wrong("passed " + rule.kind, number, id);
      }
      const auto& applied = logs_[id].applied;
      if (rule.kind == "hold" &&
          std::find(applied.begin(), applied.end(), number) != applied.end()) {
        wrong("passed the hold that chose it", number, id);
      }
    }
    for (const auto& [cut, healed_ns] : healed_) {
      if (message.header.sent_ns < healed_ns && cut.covers(message)) {
        wrong("arrived after the cut although sent before its end", number, cut.id);
      }
    }
    for (const auto& [id, log] : logs_) {
      if (log.discarded.contains(number)) wrong("arrived although discarded", number, id);
    }
  }
  [[nodiscard]] bool was_sent_before_heal(const Sent& message) const {
    return std::any_of(healed_.begin(), healed_.end(), [&](const auto& healed) {
      return message.header.sent_ns < healed.second && healed.first.covers(message);
    });
  }
  [[nodiscard]] bool is_discarded(int number) const {
    return std::any_of(logs_.begin(), logs_.end(),
                       [&](const auto& log) { return log.second.discarded.contains(number); });
  }
  [[nodiscard]] bool is_excused(int number, const Sent& message) const {
    return is_discarded(number) || was_sent_before_heal(message);
  }
  /// Checks that a hold held every message that it saw, except for those that other rules discarded
  /// and those beyond the byte budget.
  void check_evidence(const RuleSpec& rule, const Evidence& evidence) {
    std::uint64_t discarded = 0;
    for (const int number : logs_[rule.id].applied) {
      discarded += is_discarded(number) || was_sent_before_heal(sent_.at(number));
    }
    const std::uint64_t accounted = evidence.held + evidence.overflowed;
    if (accounted > evidence.seen || accounted + discarded < evidence.seen) {
      wrong("held " + std::to_string(evidence.held) + " of " + std::to_string(evidence.seen), 0,
            rule.id);
    }
    if (evidence.released > evidence.held) wrong("released more than it held", 0, rule.id);
  }
  void wrong(const std::string& what, int number = 0, std::uint64_t rule = 0) {
    errors_.push_back(what + ": message " + std::to_string(number) + ", rule " +
                      std::to_string(rule) + ", at " + std::to_string(now_ns_));
  }

  std::int64_t now_ns_ = 0;
  std::map<std::uint64_t, RuleLog> logs_;  // declared before the board, whose recorders write to it
  std::map<std::uint64_t, RuleSpec> active_;
  std::vector<std::pair<RuleSpec, std::int64_t>> healed_;
  std::map<int, Sent> sent_;
  std::set<int> delivered_, refused_;
  std::set<LinkId> paused_;
  std::vector<MessageRecord> records_;
  std::uint64_t copies_stopped_ = 0, released_ = 0, overflowed_ = 0;
  std::vector<std::string> errors_;
  Switchboard board_;
};

std::uint64_t rule_sets() {
  const char* text = std::getenv("CAPSIZE_RULE_SETS");
  return text == nullptr ? 10'000 : std::strtoull(text, nullptr, 10);
}

TEST(RuleSets, Random_PassNoCutOrHoldAndLoseNothingElse) {
  std::uint64_t copies_stopped = 0, released = 0, overflowed = 0;
  for (std::uint64_t seed = 1; seed <= rule_sets(); ++seed) {
    Trial run(random_script(seed));
    run.check_losses();
    run.check_record();
    ASSERT_TRUE(run.errors().empty()) << "seed " << seed << ": " << run.errors().front();
    copies_stopped += run.copies_stopped();
    released += run.released();
    overflowed += run.overflowed();
  }
  // The sets must exercise the cases that they are for.
  EXPECT_GT(copies_stopped, rule_sets() / 10);
  EXPECT_GT(released, rule_sets() / 10);
  EXPECT_GT(overflowed, rule_sets() / 100);
}

TEST(RuleSets, Random_DrawTheSameWithAndWithoutOtherRules) {
  for (std::uint64_t seed = 1; seed <= rule_sets() / 5; ++seed) {
    const Script script = random_script(seed);
    Trial all(script);
    const std::uint64_t id = 1 + seed % 4;
    Trial alone(script, id);
    ASSERT_EQ(all.log_of(id).applied, alone.log_of(id).applied)
        << "seed " << seed << ", rule " << id;
    ASSERT_EQ(all.log_of(id).streams, alone.log_of(id).streams)
        << "seed " << seed << ", rule " << id;
  }
}

}  // namespace
}  // namespace capsize::nemesis::proxy
