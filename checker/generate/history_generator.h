// Interface of the generators: one for each model, which registers itself.
//
// A new one is one new file in this folder: a class derived from this, or, for objects that are
// added to and read, from Collection (collection.h), and a GeneratorRegistrar.
#pragma once

#include <memory>
#include <span>

#include "checker/generate/generator.h"

namespace capsize::checker {

class HistoryGenerator {
 public:
  virtual ~HistoryGenerator() = default;
  /// Of the model.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::span<const std::string_view> anomalies() const = 0;
  /// What this model has against options that are in bounds otherwise.
  [[nodiscard]] virtual std::optional<std::string> problem_of(
      const GenerateOptions& options) const = 0;
  virtual Generated generate(const GenerateOptions& options, const LineSink& sink) const = 0;
};

/// A generator at namespace scope of its own file, known by its name once it is constructed.
class GeneratorRegistrar {
 public:
  explicit GeneratorRegistrar(std::unique_ptr<HistoryGenerator> generator);
};

}  // namespace capsize::checker
