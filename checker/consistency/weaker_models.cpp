#include "checker/consistency/weaker_models.h"

#include <utility>

namespace capsize::checker {

std::vector<const WeakerQuestion*> list_weaker_questions() {
  return base::Registry<WeakerQuestion>::instance().list();
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

}  // namespace capsize::checker
