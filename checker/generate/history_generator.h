// Interface of the generators: one for each model, which registers itself.
//
// A new one is one new file in this folder: a class derived from HistoryGenerator or, for objects
// with elements, from CollectionGenerator (collection.h), and a GeneratorRegistrar.
#pragma once

#include <memory>
#include <span>

#include "checker/generate/generator.h"

namespace capsize::checker {

class HistoryGenerator {
 public:
  virtual ~HistoryGenerator() = default;
  /// The name of the model.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::span<const std::string_view> anomalies() const = 0;
  /// Returns why options that are within their bounds do not fit this model, if they do not.
  [[nodiscard]] virtual std::optional<std::string> problem_of(
      const GenerateOptions& options) const = 0;
  virtual Generated generate(const GenerateOptions& options, const LineSink& sink) const = 0;
};

/// Defines a generator at namespace scope of its own file and registers it by its name.
class GeneratorRegistrar {
 public:
  explicit GeneratorRegistrar(std::unique_ptr<HistoryGenerator> generator);
};

}  // namespace capsize::checker
