#include "nemesis/plan/phases.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/mismatch.h"
#include "base/units.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/model/message_filter.h"

namespace capsize::nemesis {
namespace {

using base::Json;
using Place = base::JsonPlace;

// A fault that waits for an anchor gets more time than one that waits for eligible nodes.
constexpr base::Duration kAnchorPatience = std::chrono::seconds(10);

std::string quoted(const Json& value) {
  return "found " + base::excerpt(value.dump());
}

[[noreturn]] void invalid(const Place& place, std::string what) {
  throw InvalidValue{place, std::move(what)};
}

base::Duration duration(const Json& value, const Place& place) {
  const auto parsed =
      value.is_string() ? base::parse_duration(value.get<std::string>()) : base::Error{""};
  if (!parsed || parsed.value() > std::chrono::hours(1)) {
    invalid(place, quoted(value) + ", expected a duration such as \"500ms\", up to an hour");
  }
  return parsed.value();
}

std::string text(const Json& value, const Place& place) {
  if (!value.is_string()) invalid(place, quoted(value) + ", expected a string");
  return value.get<std::string>();
}

double probability(const Json& value, const Place& place) {
  if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1) {
    invalid(place, quoted(value) + ", expected a number from 0 to 1");
  }
  return value.get<double>();
}

Anchor anchor(const Json& value, const Place& place) {
  auto parsed = parse_anchor(value);
  if (!parsed) invalid(place, parsed.error().message);
  return std::move(parsed).value();
}

Target target(const Json& value, const Place& place, std::size_t nodes) {
  auto parsed = parse_target(value);
  if (!parsed) invalid(place, parsed.error().message);
  for (const Node node : parsed.value().nodes) {
    if (node >= nodes) {
      invalid(place, "found " + node_name(node) + ", expected " + node_range(nodes));
    }
  }
  return std::move(parsed).value();
}

template <class Object>
using Setters = std::map<std::string, std::function<void(Object&, const Json&, const Place&)>>;

/// Calls the setter of each key. An unknown key is invalid; the message lists the known ones.
template <class Object>
void set_all(Object& object, const Json& value, const Place& place,
             const Setters<Object>& setters) {
  if (!value.is_object()) invalid(place, quoted(value) + ", expected an object");
  for (const auto& [key, item] : value.items()) {
    const auto setter = setters.find(key);
    if (setter == setters.end()) {
      std::string known;
      for (const auto& [name, unused] : setters) known += (known.empty() ? "" : ", ") + name;
      invalid(place / key, "unknown key, expected one of: " + known);
    }
    setter->second(object, item, place / key);
  }
}

/// A fault while its keys are read.
struct FaultDraft {
  PlannedFault fault;
  double probability = 1;
  std::size_t nodes = 0;
  bool has_within = false;  // whether "within" was given
};

void set_hold(FaultSpec& spec, const Json& value, const Place& place) {
  const bool range = value.is_array() && value.size() == 2;
  spec.hold_min = duration(range ? value[0] : value, range ? place / 0 : place);
  spec.hold_max = duration(range ? value[1] : value, range ? place / 1 : place);
  if (spec.hold_min > spec.hold_max) invalid(place, "the shortest hold is longer than the longest");
}

const Setters<FaultDraft>& fault_setters() {
  static const Setters<FaultDraft> setters = {
      {"kind",
       [](FaultDraft&, const Json&, const Place&) {}},  // read first: it supplies the defaults
      {"target", [](FaultDraft& d, const Json& v,
                    const Place& p) { d.fault.spec.target = target(v, p, d.nodes); }},
      {"peers", [](FaultDraft& d, const Json& v,
                   const Place& p) { d.fault.spec.peers = target(v, p, d.nodes); }},
      {"params", [](FaultDraft& d, const Json& v, const Place&) { d.fault.spec.params = v; }},
      {"only", [](FaultDraft& d, const Json& v, const Place&) { d.fault.spec.only = v; }},
      {"label",
       [](FaultDraft& d, const Json& v, const Place& p) { d.fault.spec.label = text(v, p); }},
      {"when", [](FaultDraft& d, const Json& v, const Place& p) { d.fault.when = anchor(v, p); }},
      {"after", [](FaultDraft& d, const Json& v, const Place& p) { d.fault.at = duration(v, p); }},
      {"hold", [](FaultDraft& d, const Json& v, const Place& p) { set_hold(d.fault.spec, v, p); }},
      {"until", [](FaultDraft& d, const Json& v, const Place& p) { d.fault.until = anchor(v, p); }},
      {"within",
       [](FaultDraft& d, const Json& v, const Place& p) {
         d.fault.patience = duration(v, p);
         d.has_within = true;
       }},
      {"probability",
       [](FaultDraft& d, const Json& v, const Place& p) { d.probability = probability(v, p); }},
      {"beyond-minority",
       [](FaultDraft& d, const Json& v, const Place& p) {
         if (!v.is_boolean()) invalid(p, quoted(v) + ", expected true or false");
         d.fault.spec.beyond_minority = v.get<bool>();
       }},
  };
  return setters;
}

const FaultKind& kind_of(const Json& value, const Place& place) {
  if (!value.is_object()) invalid(place, quoted(value) + ", expected an object");
  if (!value.contains("kind")) invalid(place, "found a fault without a kind");
  const auto& name = value["kind"];
  const FaultKind* kind = name.is_string() ? FaultKinds::instance().find(name.text()) : nullptr;
  if (kind == nullptr) {
    invalid(place / "kind", quoted(name) + ", expected one of: " + FaultKinds::instance().names());
  }
  return *kind;
}

FaultDraft parse_fault(const Json& value, const Place& place, std::size_t nodes) {
  const FaultKind& kind = kind_of(value, place);
  FaultDraft draft{.nodes = nodes};
  draft.fault.spec = kind.spec();
  set_all(draft, value, place, fault_setters());
  const FaultSpec& spec = draft.fault.spec;
  if (const auto valid = check(kind.parameters(), spec.params); !valid) {
    invalid(place / "params", valid.error().message);
  }
  for (const char* key : {"only", "peers"}) {
    if (value.contains(key) && !kind.acts_on_links()) {
      invalid(place / key, "only faults on links have this key, not " + spec.kind);
    }
  }
  if (const auto valid = check_only(spec.only); !valid) {
    invalid(place / "only", valid.error().message);
  }
  if (draft.fault.when && !draft.has_within) draft.fault.patience = kAnchorPatience;
  return draft;
}

/// A phase while its keys are read.
struct PhaseDraft {
  PhasePlan plan;
  std::size_t nodes = 0;
};

void set_faults(PhaseDraft& draft, const Json& value, const Place& place) {
  if (!value.is_array() || value.size() > kFaultsPerPhaseMax) {
    invalid(place, "expected a list of at most " + std::to_string(kFaultsPerPhaseMax) + " faults");
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    FaultDraft fault = parse_fault(value[i], place / i, draft.nodes);
    draft.plan.phase.faults.push_back(std::move(fault.fault));
    draft.plan.probabilities.push_back(fault.probability);
  }
}

const Setters<PhaseDraft>& phase_setters() {
  static const Setters<PhaseDraft> setters = {
      {"name",
       [](PhaseDraft& d, const Json& v, const Place& p) { d.plan.phase.name = text(v, p); }},
      {"when",
       [](PhaseDraft& d, const Json& v, const Place& p) { d.plan.phase.when = anchor(v, p); }},
      {"until",
       [](PhaseDraft& d, const Json& v, const Place& p) { d.plan.phase.until = anchor(v, p); }},
      {"at-most",
       [](PhaseDraft& d, const Json& v, const Place& p) { d.plan.phase.at_most = duration(v, p); }},
      {"faults", set_faults},
      {"repeat",
       [](PhaseDraft& d, const Json& v, const Place& p) {
         if (!v.is_unsigned() || v.get<std::uint64_t>() < 1 ||
             v.get<std::uint64_t>() > kRepeatMax) {
           invalid(p, quoted(v) + ", expected a whole number from 1 to 1000000");
         }
         d.plan.repeat = v.get<std::uint64_t>();
       }},
  };
  return setters;
}

/// Every label that a target or an anchor refers to must be the label of a fault.
void check_labels(const std::vector<PhasePlan>& phases, const Place& place) {
  std::set<std::string> defined;
  for (const auto& plan : phases) {
    for (const auto& fault : plan.phase.faults) defined.insert(fault.spec.label);
  }
  const auto check_label = [&](const std::string& label, const Place& where) {
    if (!label.empty() && !defined.contains(label)) {
      invalid(where, "found label \"" + label + "\", expected the label of a fault");
    }
  };
  const auto check_anchor = [&](const std::optional<Anchor>& anchor, const Place& where) {
    if (anchor && anchor->event == "fault") check_label(anchor->params.value("label", ""), where);
  };
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    check_anchor(phase.when, place / i / "when");
    check_anchor(phase.until, place / i / "until");
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      const PlannedFault& fault = phase.faults[k];
      const Place at = place / i / "faults" / k;
      check_label(fault.spec.target.fault, at / "target");
      if (fault.spec.peers) check_label(fault.spec.peers->fault, at / "peers");
      check_anchor(fault.when, at / "when");
      check_anchor(fault.until, at / "until");
    }
  }
}

class PhasesScript final : public Script {
 public:
  PhasesScript(std::vector<PhasePlan> phases, std::uint64_t repeat)
      : phases_(std::move(phases)), rounds_left_(repeat) {}

  std::optional<Phase> next(const Situation&, base::Prng& prng) override {
    if (phases_.empty() || rounds_left_ == 0) return std::nullopt;
    const PhasePlan& plan = phases_[current_];
    Phase phase = plan.phase;
    phase.number = current_ + 1;
    phase.faults.clear();
    for (std::size_t i = 0; i < plan.phase.faults.size(); ++i) {
      if (!prng.chance(plan.probabilities[i])) continue;
      PlannedFault fault = plan.phase.faults[i];
      fault.hold = prng.between(fault.spec.hold_min, fault.spec.hold_max);
      fault.spec.planned_by = phase.name.empty() ? "phases" : phase.name;
      phase.faults.push_back(std::move(fault));
    }
    advance(plan.repeat);
    return phase;
  }

  [[nodiscard]] std::vector<std::string> phase_names() const override {
    std::vector<std::string> names;
    for (const auto& plan : phases_) {
      const std::string number = "phase " + std::to_string(names.size() + 1);
      names.push_back(plan.phase.name.empty() ? number : number + " (" + plan.phase.name + ")");
    }
    return names;
  }

 private:
  void advance(std::uint64_t repeat) {
    if (++repeats_ < repeat) return;
    repeats_ = 0;
    if (++current_ < phases_.size()) return;
    current_ = 0;
    --rounds_left_;
  }
  std::vector<PhasePlan> phases_;
  std::uint64_t rounds_left_;
  std::size_t current_ = 0;
  std::uint64_t repeats_ = 0;  // of the current phase so far
};

}  // namespace

ParsedPhases parse_phases(const Json& value, std::size_t nodes, Labels labels) {
  ParsedPhases parsed;
  try {
    if (!value.is_array() || value.size() > kPhasesMax) {
      invalid(Place(), "expected a list of at most " + std::to_string(kPhasesMax) + " phases");
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      PhaseDraft draft{.nodes = nodes};
      set_all(draft, value[i], Place() / i, phase_setters());
      parsed.phases.push_back(std::move(draft.plan));
    }
    if (labels == Labels::kDefinedHere) check_labels(parsed.phases, Place());
  } catch (const InvalidValue& invalid) {
    parsed.invalid = invalid;
  }
  return parsed;
}

std::unique_ptr<Script> make_script(std::vector<PhasePlan> phases, std::uint64_t repeat) {
  return std::make_unique<PhasesScript>(std::move(phases), repeat);
}

}  // namespace capsize::nemesis
