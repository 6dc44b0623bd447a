// Locks with owners, fences and permits: the search against brute force on random histories, legal
// histories of a simulated lock, and sequences whose verdict is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "checker/check/check.h"
#include "checker/check/prepare_history.h"
#include "checker/search/just_in_time_search.h"
#include "checker/specification/key_problem.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using ::testing::HasSubstr;
using testing::Random;

History load(const std::string& text, const CheckOptions& options) {
  return std::get<History>(load_history_text(text, options));
}

/// Where a history says who the owner is.
enum class Named { kByProcess, kByValue, kByField };

struct LockKind {
  const char* model;
  std::uint32_t limit = 1;  ///< acquisitions by one owner, permits of a semaphore
  bool fenced = false;
  bool has_limit = false;  ///< that the initial value says

  bool is_semaphore() const { return std::string_view(model) == "semaphore"; }
};

/// A simulated lock and its clients. Each client has one operation at a time, which takes effect
/// between its two events.
class LockSimulator {
 public:
  LockSimulator(const LockKind& kind, Named named, std::uint32_t lies_percent, Random& random)
      : kind_(kind), named_(named), errs_percent_(lies_percent), random_(random) {}

  std::string run(std::uint32_t operations) {
    for (std::uint32_t i = 0; i < 3; ++i) clients_.push_back({.name = i, .process = i});
    for (std::uint32_t begun = 0; begun < operations || any_open();) {
      Client& client = clients_[random_.below(3)];
      if (client.stage != Client::kIdle) {
        advance(client);
      } else if (begun < operations) {
        ++begun;
        client.stage = Client::kInvoked;
        client.acquires = random_.chance(55);
        emit(client, "invoke", invoked(client));
      }
    }
    return text_;
  }

 private:
  struct Client {
    enum Stage { kIdle, kInvoked, kApplied };
    std::uint32_t name = 0;
    std::uint32_t process = 0;
    Stage stage = kIdle;
    bool acquires = false, possible = false;
    std::int64_t fence = 0;
  };

  bool any_open() const {
    return std::ranges::any_of(clients_,
                               [](const Client& one) { return one.stage != Client::kIdle; });
  }

  // A client whose operation is indeterminate becomes another process.
  std::uint32_t owner(const Client& client) const {
    return named_ == Named::kByProcess ? client.process : client.name;
  }

  bool apply(Client& client) {
    std::uint32_t all = 0;
    for (const auto& [its_owner, count] : held_) all += count;
    std::uint32_t& own = held_[owner(client)];
    if (!client.acquires) {
      if (own == 0) return false;
      --own;
      return true;
    }
    const bool others = all > own && !kind_.is_semaphore();
    if (others || (kind_.is_semaphore() ? all : own) >= kind_.limit) return false;
    if (own++ == 0) fence_ += 1 + random_.below(3);
    client.fence = fence_;
    return true;
  }

  void advance(Client& client) {
    if (client.stage == Client::kInvoked) {
      client.stage = Client::kApplied;
      client.possible = apply(client);
      return;
    }
    client.stage = Client::kIdle;
    if (random_.chance(20)) {
      if (random_.chance(50)) emit(client, "info", invoked(client));
      client.process += 10;
      return;
    }
    const bool errs = random_.chance(errs_percent_);
    if (errs) client.fence -= random_.below(3);
    const bool ok = client.possible || errs;
    emit(client, ok ? "ok" : "fail", ok ? completed(client) : invoked(client));
  }

  std::string invoked(const Client& client) const {
    if (named_ == Named::kByProcess) return "nil";
    if (named_ == Named::kByValue) return "\"n" + std::to_string(client.name) + "\"";
    return "\"some-random-id-" + std::to_string(text_.size()) + "\"";
  }
  std::string completed(const Client& client) const {
    const std::string fence = std::to_string(client.fence);
    if (named_ != Named::kByField) {
      return kind_.fenced && client.acquires ? fence : invoked(client);
    }
    return "{:client \"n" + std::to_string(client.name) + "\", :fence " + fence + "}";
  }

  void emit(const Client& client, const std::string& type, const std::string& value) {
    text_ += "{:process " + std::to_string(client.process) + ", :type :" + type +
             ", :f :" + (client.acquires ? "acquire" : "release") + ", :value " + value + "}\n";
  }

  const LockKind& kind_;
  Named named_;
  std::uint32_t errs_percent_;
  Random& random_;
  std::vector<Client> clients_;
  std::map<std::uint32_t, std::uint32_t> held_;
  std::int64_t fence_ = 0;
  std::string text_;
};

class Locks : public ::testing::TestWithParam<LockKind> {};

TEST_P(Locks, RandomHistories_AgreeWithBruteForceAndLegalOnesAreValid) {
  const LockKind& kind = GetParam();
  CheckOptions options{.model = kind.model};
  if (kind.has_limit) options.initial_json = std::to_string(kind.limit);
  const std::uint64_t histories = testing::histories(900);
  std::uint64_t violations = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    Random random(seed);
    const auto named = static_cast<Named>(random.below(3));
    const bool errs = random.chance(70);
    const std::string text =
        LockSimulator(kind, named, errs ? 25 : 0, random).run(2 + random.below(8));
    const std::string where = "seed " + std::to_string(seed) + "\n" + text;
    const History history = load(text, options);
    const Report report = check_history(history, options);
    if (report.verdict == Verdict::kVacuous) continue;
    const PreparedHistory prepared(history, *find_model(kind.model));
    ASSERT_FALSE(prepared.refusal()) << where << *prepared.refusal();
    const Model& model = prepared.model();
    KeyProblem problem{history, model, 0, history.initial.value_or(kNullValue)};
    ASSERT_FALSE(decode_key(problem, {})) << where;
    const bool legal =
        BruteForce(problem.operations, problem.initial, model, history.values).legal();
    ASSERT_EQ(report.verdict, legal ? Verdict::kValid : Verdict::kInvalid) << where;
    ASSERT_TRUE(legal || errs) << where;
    violations += !legal;
  }
  EXPECT_GT(violations, histories / 10);
  EXPECT_LT(violations, histories * 8 / 10);
}

INSTANTIATE_TEST_SUITE_P(Models, Locks,
                         ::testing::Values(LockKind{"owned-mutex"}, LockKind{"reentrant-mutex", 2},
                                           LockKind{"reentrant-mutex", 3, false, true},
                                           LockKind{"fenced-mutex", 1, true},
                                           LockKind{"reentrant-fenced-mutex", 2, true},
                                           LockKind{"semaphore", 2, false, true}),
                         [](const auto& kind) {
                           std::string name = kind.param.model + std::to_string(kind.param.limit);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// Operations of a sequence: process, function, value asked, value answered; EDN.
struct Call {
  int process;
  const char* function;
  const char* asked;
  const char* answered;
  const char* type = "ok";
};

Report judge(const std::string& model, const std::vector<Call>& calls,
             std::optional<std::string> initial = {}) {
  std::string text;
  for (const Call& call : calls) {
    for (const auto& [type, value] :
         {std::pair("invoke", call.asked), std::pair(call.type, call.answered)}) {
      text += "{:process " + std::to_string(call.process) + ", :type :" + type +
              ", :f :" + call.function + ", :value " + value + "}\n";
    }
  }
  const CheckOptions options{.model = model, .initial_json = std::move(initial)};
  return check_history(load(text, options), options);
}

TEST(OwnedMutex, OnlyTheOwnerReleases) {
  EXPECT_EQ(judge("owned-mutex", {{0, "acquire", "nil", "nil"},
                                  {0, "release", "nil", "nil"},
                                  {1, "acquire", "nil", "nil"}})
                .verdict,
            Verdict::kValid);
  EXPECT_EQ(
      judge("owned-mutex", {{0, "acquire", "nil", "nil"}, {1, "release", "nil", "nil"}}).verdict,
      Verdict::kInvalid);
  // By value it is the same owner, whatever the process.
  EXPECT_EQ(
      judge("owned-mutex", {{0, "acquire", "\"a\"", "\"a\""}, {1, "release", "\"a\"", "\"a\""}})
          .verdict,
      Verdict::kValid);
  EXPECT_EQ(
      judge("owned-mutex", {{0, "acquire", "\"a\"", "\"a\""}, {0, "release", "\"b\"", "\"b\""}})
          .verdict,
      Verdict::kInvalid);
  EXPECT_EQ(judge("owned-mutex", {{0, "acquire", "{:owner 7}", "{:owner 7}"},
                                  {0, "release", "{:owner 8}", "{:owner 8}"}})
                .verdict,
            Verdict::kInvalid);
  EXPECT_EQ(
      judge("owned-mutex", {{0, "acquire", "nil", "nil"}, {0, "acquire", "nil", "nil"}}).verdict,
      Verdict::kInvalid);
}

TEST(OwnedMutex, IndeterminateAcquireWithoutAName_IsByTheClientOfItsProcess) {
  const Call known{0, "acquire", "\"id-1\"", "{:client \"a\"}"};
  const Call release{0, "release", "\"id-2\"", "{:client \"a\"}"};
  const Call lost{0, "acquire", "\"id-3\"", "\"id-3\"", "info"};
  const Call by_a{5, "release", "\"id-4\"", "{:client \"a\"}"};
  const Call by_b{6, "release", "\"id-5\"", "{:client \"b\"}"};
  EXPECT_EQ(judge("owned-mutex", {known, release, lost, by_a}).verdict, Verdict::kValid);
  EXPECT_EQ(judge("owned-mutex", {known, release, lost, by_b}).verdict, Verdict::kInvalid);
  // Nothing else says who process 0 is: it may be either.
  EXPECT_EQ(judge("owned-mutex", {lost, by_b}).verdict, Verdict::kValid);
}

TEST(OwnedMutex, AcknowledgedOperationWithoutAnOwner_IsRefused) {
  const Report report =
      judge("owned-mutex", {{0, "acquire", "\"a\"", "\"a\""}, {0, "release", "nil", "nil"}});
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr("release with null at index 2, expected an owner"));
}

TEST(ReentrantMutex, IsHeldAsOftenAsTheInitialValueSays) {
  const Call acquire{0, "acquire", "nil", "nil"};
  const Call release{0, "release", "nil", "nil"};
  const Call other{1, "acquire", "nil", "nil"};
  EXPECT_EQ(judge("reentrant-mutex", {acquire, acquire, release, release, other}).verdict,
            Verdict::kValid);
  EXPECT_EQ(judge("reentrant-mutex", {acquire, acquire, release, other}).verdict,
            Verdict::kInvalid);
  EXPECT_EQ(judge("reentrant-mutex", {acquire, acquire, acquire}).verdict, Verdict::kInvalid);
  EXPECT_EQ(judge("reentrant-mutex", {acquire, acquire, acquire}, "3").verdict, Verdict::kValid);
  EXPECT_THAT(judge("reentrant-mutex", {acquire}, "0").reason, HasSubstr("how often an owner may"));
  EXPECT_THAT(judge("owned-mutex", {acquire}, "1").reason, HasSubstr("expected none"));
}

TEST(FencedMutex, FencesGrowInTheOrderOfTheAcquisitions) {
  const Call release{0, "release", "nil", "nil"};
  EXPECT_EQ(judge("fenced-mutex", {{0, "acquire", "nil", "5"}, release, {0, "acquire", "nil", "9"}})
                .verdict,
            Verdict::kValid);
  for (const char* fence : {"5", "4"}) {
    EXPECT_EQ(
        judge("fenced-mutex", {{0, "acquire", "nil", "5"}, release, {0, "acquire", "nil", fence}})
            .verdict,
        Verdict::kInvalid);
  }
  EXPECT_THAT(judge("fenced-mutex", {{0, "acquire", "nil", "nil"}}).reason,
              HasSubstr("expected the fence that it returned"));
}

TEST(ReentrantFencedMutex, FenceStaysWhileItIsHeld) {
  const Call first{0, "acquire", "nil", "5"};
  const Call release{0, "release", "nil", "nil"};
  EXPECT_EQ(judge("reentrant-fenced-mutex", {first, first}).verdict, Verdict::kValid);
  EXPECT_EQ(judge("reentrant-fenced-mutex", {first, {0, "acquire", "nil", "6"}}).verdict,
            Verdict::kInvalid);
  EXPECT_EQ(judge("reentrant-fenced-mutex", {first, release, {1, "acquire", "nil", "6"}}).verdict,
            Verdict::kValid);
  EXPECT_EQ(judge("reentrant-fenced-mutex", {first, release, first}).verdict, Verdict::kInvalid);
}

TEST(Semaphore, HasAsManyPermitsAsTheInitialValueSays) {
  const Call one{0, "acquire", "nil", "nil"};
  const Call two{1, "acquire", "2", "2"};
  EXPECT_EQ(judge("semaphore", {one, two}, "3").verdict, Verdict::kValid);
  EXPECT_EQ(judge("semaphore", {one, two}, "2").verdict, Verdict::kInvalid);
  EXPECT_EQ(judge("semaphore", {one, {1, "release", "nil", "nil"}}, "2").verdict,
            Verdict::kInvalid);
  EXPECT_EQ(
      judge("semaphore", {two, {1, "release", "1", "1"}, {1, "release", "1", "1"}}, "2").verdict,
      Verdict::kValid);
  const Report unknown = judge("semaphore", {one});
  EXPECT_EQ(unknown.verdict, Verdict::kUsageError);
  EXPECT_THAT(unknown.reason, HasSubstr("expected --initial with the number of permits"));
  EXPECT_THAT(judge("semaphore", {{0, "acquire", "0", "0"}}, "2").reason, HasSubstr("1 permit"));
}

TEST(Mutex, ValuesThatMayNameLocksOrOwners_AreNotTakenAsOneLock) {
  const std::vector<Call> two = {{0, "acquire", "\"east\"", "\"east\""},
                                 {1, "acquire", "\"west\"", "\"west\""}};
  for (const char* model : {"", "mutex"}) {
    const Report report = judge(model, two);
    EXPECT_EQ(report.verdict, Verdict::kUsageError);
    EXPECT_THAT(report.reason,
                HasSubstr("--map key=value if they name locks, --model owned-mutex"));
  }
  EXPECT_EQ(judge("", {two[0], {0, "release", "nil", "nil"}}).verdict, Verdict::kValid);
  // Answers are no names.
  EXPECT_EQ(judge("", {{0, "acquire", "nil", "4"}, {0, "release", "nil", "5"}}).model, "mutex");
}

TEST(Mutex, ValuesAsKeys_AreLocksOfTheirOwn) {
  CheckOptions options;
  ASSERT_FALSE(options.reading.vocabulary.add("key=value"));
  const std::string text =
      "{:process 0, :type :invoke, :f :acquire, :value \"east\"}\n"
      "{:process 0, :type :ok, :f :acquire, :value \"east\"}\n"
      "{:process 1, :type :invoke, :f :acquire, :value \"west\"}\n"
      "{:process 1, :type :ok, :f :acquire, :value \"west\"}\n";
  const Report report = check_history(load(text, options), options);
  EXPECT_EQ(report.verdict, Verdict::kValid) << report.reason;
  EXPECT_EQ(report.counts.keys, 2U);
}

}  // namespace
}  // namespace capsize::checker
