#include "checker/weaker/weaker.h"

#include <utility>

#include "checker/registry.h"

namespace capsize::checker {

std::span<const WeakerQuestion* const> list_weaker_questions() {
  return Registry<WeakerQuestion>::instance().items();
}

WeakerAnswers ask_weaker_questions(const KeyProblem& problem, const Budget& budget) {
  WeakerAnswers answers;
  answers.key = problem.history.keys[problem.key];
  // Each has an even share of what is left, so that a hard question leaves time for the others.
  auto left = static_cast<std::int64_t>(list_weaker_questions().size());
  for (const WeakerQuestion* question : list_weaker_questions()) {
    const Budget share(budget.left() / left--, budget.memory_limit_bytes());
    WeakerAnswer answer = question->ask(problem, share);
    answer.question = question->name;
    answers.answers.push_back(std::move(answer));
  }
  return answers;
}

WeakerRegistrar::WeakerRegistrar(WeakerQuestion question) {
  Registry<WeakerQuestion>::instance().add(std::move(question));
}

}  // namespace capsize::checker
