#include "nemesis/proxy/rule_book.h"

#include <algorithm>
#include <utility>

#include "base/harness_bug.h"

namespace capsize::nemesis::proxy {
namespace {

Range hull(const Range& a, const Range& b) {
  return {std::min(a.min, b.min), std::max(a.max, b.max)};
}
Scope hull(const Scope& a, const Scope& b) {
  return {a.types | b.types, hull(a.term, b.term), hull(a.index, b.index)};
}

base::Instant sent_at(const wire::Header& header) {
  return base::Instant(base::Duration(header.sent_ns));
}

/// Whether a message passes a cut that must stop it: never, except for a bug of the harness itself.
bool leaks(const wire::Header& header) {
  return HARNESS_BUG("proxy-leaks") && header.sequence % 50 == 0;
}

}  // namespace

RuleBook::RuleBook(const std::set<LinkId>& links, std::uint64_t seed) : seed_(seed) {
  for (const LinkId& link : links) links_.emplace(link, LinkState{});
}

base::Status RuleBook::install(Rule rule) {
  CHECK(rule.action != nullptr, "a rule has an action");
  if (rules_.contains(rule.id)) return base::Error{"a rule with this id is already installed"};
  if (rules_.size() >= kRulesMax) return base::Error{"too many rules"};
  for (const LinkId& link : rule.links) {
    if (!links_.contains(link)) {
      return base::Error{"no such link: " + wire::node_name(link.from) + " to " +
                         wire::node_name(link.to)};
    }
  }
  const std::uint64_t id = rule.id;
  auto installed = std::make_unique<InstalledRule>(
      InstalledRule{std::move(rule), base::Prng::stream(seed_, "proxy-rule", id), {}});
  for (const LinkId& link : installed->rule.links) {
    links_.at(link).rules.push_back(installed.get());
    installed->evidence.links.emplace(link, Evidence::LinkCounts{});
  }
  rules_.emplace(id, std::move(installed));
  return {};
}

std::optional<Evidence> RuleBook::remove(std::uint64_t id, base::Instant now) {
  const auto found = rules_.find(id);
  if (found == rules_.end()) return std::nullopt;
  const std::unique_ptr<InstalledRule> installed = std::move(found->second);
  rules_.erase(found);
  const Rule& rule = installed->rule;
  for (const LinkId& link : rule.links) {
    LinkState& state = links_.at(link);
    std::erase(state.rules, installed.get());
    if (rule.action->is_cut() && rule.filter.is_scope()) {
      remember_cut(state, rule.filter.scope(), now);
    }
  }
  return std::move(installed->evidence);
}

void RuleBook::remember_cut(LinkState& link, const Scope& scope, base::Instant now) {
  link.last_heal = std::max(link.last_heal, now);
  const auto same = std::find_if(link.ended_cuts.begin(), link.ended_cuts.end(),
                                 [&](const EndedCut& cut) { return cut.scope == scope; });
  if (same != link.ended_cuts.end()) {
    same->at = std::max(same->at, now);
    return;
  }
  if (link.ended_cuts.size() >= kEndedCutsMax) {
    // Bounded by merging the two oldest cuts into one whose scope covers both, with the later end.
    // The hull discards too much at worst (cuts of terms 3 and 5 then cover term 4), and only
    // messages older than both ends; forgetting a cut instead would let its messages arrive.
    std::sort(link.ended_cuts.begin(), link.ended_cuts.end(),
              [](const EndedCut& a, const EndedCut& b) { return a.at < b.at; });
    link.ended_cuts[1].scope = hull(link.ended_cuts[0].scope, link.ended_cuts[1].scope);
    link.ended_cuts.erase(link.ended_cuts.begin());
  }
  link.ended_cuts.push_back({scope, now});
}

const Evidence* RuleBook::peek(std::uint64_t id) const {
  const auto found = rules_.find(id);
  return found == rules_.end() ? nullptr : &found->second->evidence;
}

std::vector<std::uint64_t> RuleBook::ids() const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, installed] : rules_) ids.push_back(id);
  return ids;
}

const Rule* RuleBook::find(std::uint64_t id) const {
  const auto found = rules_.find(id);
  return found == rules_.end() ? nullptr : &found->second->rule;
}

bool RuleBook::is_quiet(LinkId link, const wire::Header& header) const {
  const LinkState& state = links_.at(link);
  return state.rules.empty() && sent_at(header) >= state.last_heal;
}

Decision RuleBook::decide(LinkId link, const Message& message) {
  Decision decision;
  LinkState& state = links_.at(link);
  // Every matching rule is applied, even after one has discarded the message: its random stream and
  // counters must not depend on which other rules are installed. With "drop 50 %" and "every
  // second" on one link, stopping at the first would make the second rule count only the survivors,
  // and a scenario would change its faults when an unrelated rule is added.
  for (InstalledRule* installed : state.rules) {
    if (!installed->rule.filter.passes(message.header, installed->random)) continue;
    apply_rule(*installed, message, decision);
  }
  decision.fate.discard |= was_sent_before_heal(state, message.header);
  if (leaks(message.header)) decision.fate.discard = false;
  return decision;
}

void RuleBook::apply_rule(InstalledRule& installed, const Message& message, Decision& decision) {
  const std::uint64_t id = installed.rule.id;
  Fate& fate = decision.fate;
  const bool was_to_overtake = fate.overtake.has_value();
  const Effect effect = installed.rule.action->apply(message, installed.random, fate);
  installed.evidence.count_seen({message.header.from, message.header.to});
  if (effect != Effect::kNone) decision.effects.push_back({&installed.evidence, effect});
  if (effect == Effect::kDelayed || effect == Effect::kThrottled) {
    decision.ordered_with |= installed.rule.filter.scope().types;
  }
  if (effect == Effect::kThrottled) decision.throttled_by = id;
  if (effect == Effect::kHeld) {
    decision.holders.push_back(id);
    if (!installed.rule.filter.is_scope()) decision.chosen_by.push_back(id);
  }
  if (fate.overtake && !was_to_overtake) decision.overtake_by = id;
  if (fate.replay) decision.replays.push_back({id, *std::exchange(fate.replay, {})});
}

bool RuleBook::was_sent_before_heal(const LinkState& link, const wire::Header& header) {
  const base::Instant sent = sent_at(header);
  if (sent >= link.last_heal) return false;
  return std::any_of(link.ended_cuts.begin(), link.ended_cuts.end(), [&](const EndedCut& cut) {
    return sent < cut.at && cut.scope.contains(header);
  });
}

void RuleBook::count_effects(LinkId link, const Decision& decision, bool had_room) {
  for (const auto& [evidence, effect] : decision.effects) {
    if (decision.fate.discard) {
      if (effect == Effect::kDiscarded) evidence->count(link, effect);
    } else if (had_room) {
      evidence->count(link, effect);
    } else if (effect == Effect::kDelayed || effect == Effect::kThrottled ||
               effect == Effect::kHeld) {
      ++evidence->overflowed;
    }
  }
}

Barrier RuleBook::barrier(LinkId link, const wire::Header& header,
                          const std::vector<std::uint64_t>& chosen_by) const {
  const LinkState& state = links_.at(link);
  Barrier barrier;
  if (leaks(header)) return barrier;
  barrier.cut = was_sent_before_heal(state, header);
  for (const InstalledRule* installed : state.rules) {
    const Rule& rule = installed->rule;
    if (is_barrier(rule)) {
      if (!rule.filter.scope().contains(header)) continue;
      (rule.action->is_cut() ? barrier.cuts : barrier.holds).push_back(rule.id);
    } else if (std::find(chosen_by.begin(), chosen_by.end(), rule.id) != chosen_by.end()) {
      barrier.holds.push_back(rule.id);
    }
  }
  barrier.cut |= !barrier.cuts.empty();
  return barrier;
}

void RuleBook::count_passed(LinkId link, const wire::Header& header) {
  for (InstalledRule* installed : links_.at(link).rules) {
    const Rule& rule = installed->rule;
    const bool stops = rule.action->is_cut() && is_barrier(rule);
    if (stops && rule.filter.scope().contains(header)) ++installed->evidence.passed;
  }
}

void RuleBook::count_stopped(std::uint64_t id, LinkId link, MessageCounts counts) {
  InstalledRule& installed = *rules_.at(id);
  const bool is_cut = installed.rule.action->is_cut();
  installed.evidence.count_seen(link, counts.messages);
  installed.evidence.count(link, is_cut ? Effect::kDiscarded : Effect::kHeld, counts.messages);
  installed.evidence.copies_stopped += counts.copies;
}

void RuleBook::count_overflowed(std::uint64_t id, MessageCounts counts) {
  Evidence& evidence = rules_.at(id)->evidence;
  evidence.overflowed += counts.messages;
  evidence.copies_stopped += counts.copies;
}

}  // namespace capsize::nemesis::proxy
