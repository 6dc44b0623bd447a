// register: read and write.
#include "checker/models/register_operations.h"

namespace capsize::checker {
namespace {

const ModelRegistrar kRegistrar({
    .name = "register",
    .summary = "a single value: read, write",
    .generalised_by = {"cas-register", "kv"},
    .functions = {"read", "write"},
    .deciders = {Decider::kDistinctRegister},
    .decode = &decode_register_operation,
    .plausible = nullptr,
    .initial = &initial_register,
    .step = &step_register,
    .needs = &register_needs,
});

}  // namespace
}  // namespace capsize::checker
